package io.regent.controller.detect;

/**
 * Notices that this very process stood still for a while, by a clock that is looked at at a steady pace. What others did
 * not do meanwhile says nothing about them. Used by one thread.
 */
final class OwnPauses {

    /** Less late than this many paces is what a busy machine does to every timer. */
    private static final int TOLERATED_PACES = 4;

    private final long paceMs;
    private long lastMs;

    OwnPauses(long paceMs, long nowMs) {
        this.paceMs = paceMs;
        this.lastMs = nowMs;
    }

    /** Called at each pace: whether this one comes so late that the process must have stood still. */
    boolean endedBy(long nowMs) {
        boolean late = nowMs - lastMs > TOLERATED_PACES * paceMs;
        lastMs = nowMs;
        return late;
    }
}
