package io.regent.controller.zk;

/** Counts what happens within one second, from the first on. One thread. */
final class Burst {

    private static final long WINDOW_MS = 1_000;

    private long sinceMs;
    private int count;

    /** How many there were within this second, with the one that happens now. */
    int another(long nowMs) {
        if (count == 0 || nowMs - sinceMs >= WINDOW_MS) {
            sinceMs = nowMs;
            count = 0;
        }
        return ++count;
    }
}
