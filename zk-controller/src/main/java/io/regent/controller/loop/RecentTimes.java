package io.regent.controller.loop;

import java.util.ArrayDeque;
import java.util.Deque;

/** Counts how often something was done of late, so that it can be bounded. Used by one thread. */
public final class RecentTimes {

    private final int max;
    private final long windowMs;
    private final Deque<Long> times = new ArrayDeque<>();

    /** At most {@code max} times within any {@code windowMs}. */
    public RecentTimes(int max, long windowMs) {
        this.max = max;
        this.windowMs = windowMs;
    }

    /** How long until it may be done once more; 0 when it may now. */
    public long waitMs(long nowMs) {
        while (!times.isEmpty() && nowMs - times.peekFirst() >= windowMs) {
            times.removeFirst();
        }
        return times.size() < max ? 0 : windowMs - (nowMs - times.peekFirst());
    }

    /** Whether it may be done now, and then counts that it is. */
    public boolean tryNow(long nowMs) {
        boolean allowed = waitMs(nowMs) == 0;
        if (allowed) {
            times.addLast(nowMs);
        }
        return allowed;
    }
}
