package io.regent.cli;

/**
 * Says, in one line fit for a person, why a command could not do what it was asked; the command line prints it and exits 1.
 *
 * <p>Never carries a stack trace to the terminal: throw anything else for a defect of Regent itself.
 */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandFailure(String message) {
        super(message);
    }

    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** @throws CommandFailure naming the option, unless its value is one of these */
    public static void requireWithin(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw new CommandFailure(option + " must be between " + min + " and " + max + ", not " + value);
        }
    }
}
