package io.regent.controller.detect;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/** What the failure of a connection says of who should have taken it. */
enum ConnectFailure {
    /** A living kernel says that no process listens. */
    REFUSED,
    /**
     * A living kernel took the connection and reset it before anybody here looked: its listener was closed in between, as that
     * of a process that is dying. As good as a connection that was made and closed at once.
     */
    RESET,
    /** Silence, or something on the way. */
    UNREACHABLE;

    /** Netty tells a refusal as a ConnectException, and a timeout as a subclass of it. */
    static ConnectFailure of(Throwable cause) {
        if (cause instanceof ConnectTimeoutException || cause instanceof NoRouteToHostException) {
            return UNREACHABLE;
        }
        if (cause instanceof ConnectException) {
            return says(cause, "refused") ? REFUSED : UNREACHABLE;
        }
        return cause instanceof SocketException && says(cause, "reset") ? RESET : UNREACHABLE;
    }

    private static boolean says(Throwable cause, String word) {
        return cause.getMessage() != null && cause.getMessage().contains(word);
    }
}
