package io.regent.broker;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** A broker could not start; the message says in one line what was wrong, for a person who starts brokers. */
public final class StartupException extends RuntimeException {
    public StartupException(String message) {
        super(message);
    }

    private StartupException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The failure of some part of the start, without the wrappers around it; one that is a sentence already stays. */
    static StartupException of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StartupException startup) {
            return startup;
        }
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new StartupException(text.replace('\n', ' '), cause);
    }
}
