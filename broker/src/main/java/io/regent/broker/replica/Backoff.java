package io.regent.broker.replica;

/**
 * Pauses that grow from a short first one, so that what passes in milliseconds costs milliseconds, up to a bound. Each is taken
 * three times before the next, which is twice as long: so little is lost beyond the time that the trouble lasts. Immutable and
 * pure.
 */
record Backoff(long firstMs, long longestMs) {
    private static final int MAX_DOUBLINGS = 20;
    private static final int TIMES_EACH = 3;

    /** @param failures in a row so far, at least 1 */
    long pauseMs(int failures) {
        int doublings = Math.clamp((failures - 1L) / TIMES_EACH, 0, MAX_DOUBLINGS);
        return Math.min(longestMs, firstMs << doublings);
    }
}
