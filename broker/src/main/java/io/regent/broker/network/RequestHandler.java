package io.regent.broker.network;

/**
 * Receives every request that the server has decoded.
 *
 * <p>{@link #handle} is called on one of the {@code num.io.threads} threads, one request at a time per connection
 * and in order of arrival. It must not block for long: a request that has to wait is answered later, from any thread.
 */
@FunctionalInterface
public interface RequestHandler {
    /**
     * Answers the request now, or arranges for it to be answered later, exactly once. An exception thrown from here
     * is answered with the request's own error response.
     */
    void handle(Request request);
}
