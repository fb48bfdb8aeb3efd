package io.regent.broker.replica;

/**
 * Pauses that double from a short first one, so that what passes in milliseconds costs milliseconds, up to a bound. Immutable
 * and pure.
 *
 * @param timesEach how often each pause is taken before the next: the more, the less is lost beyond the time that the trouble
 *     lasts
 */
record Backoff(long firstMs, int timesEach, long longestMs) {
    private static final int MAX_DOUBLINGS = 20;

    /** @param failures in a row so far, at least 1 */
    long pauseMs(int failures) {
        int doublings = Math.clamp((failures - 1L) / timesEach, 0, MAX_DOUBLINGS);
        return Math.min(longestMs, firstMs << doublings);
    }
}
