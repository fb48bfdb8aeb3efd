package io.regent.broker.replica;

/**
 * Pauses that double from a short first one, so that what passes in milliseconds costs milliseconds, up to a bound.
 * Immutable and pure.
 */
record Backoff(long firstMs, long longestMs) {
    private static final int MAX_DOUBLINGS = 20;

    /** @param failures in a row so far, at least 1 */
    long pauseMs(int failures) {
        int doublings = Math.clamp(failures - 1L, 0, MAX_DOUBLINGS);
        return Math.min(longestMs, firstMs << doublings);
    }
}
