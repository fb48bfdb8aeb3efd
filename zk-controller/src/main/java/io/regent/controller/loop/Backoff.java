package io.regent.controller.loop;

/**
 * The pause before contesting again: doubled with each surprise, so that a node in trouble neither spins nor keeps a
 * healthy one from ruling, and back to the first after a quiet time. Used by the loop only.
 */
final class Backoff {

    /** Long enough for another node to see {@code /controller} gone and take it. */
    static final long FIRST_MS = 50;

    /** Short enough that a cluster whose trouble has ended is ruled again before anybody asks. */
    static final long MAX_MS = 5_000;

    /** After this long without a surprise the next one is a first again. */
    static final long QUIET_MS = 30_000;

    private long pauseMs = FIRST_MS;
    private long lastMs = Long.MIN_VALUE;

    /** The pause that is due now. */
    long nextMs(long nowMs) {
        if (lastMs != Long.MIN_VALUE && nowMs - lastMs > QUIET_MS) {
            reset();
        }
        lastMs = nowMs;
        long pause = pauseMs;
        pauseMs = Math.min(MAX_MS, 2 * pauseMs);
        return pause;
    }

    void reset() {
        pauseMs = FIRST_MS;
    }
}
