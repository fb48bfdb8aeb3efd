package io.regent.controller.loop;

import java.util.concurrent.TimeUnit;

/** The loop's sense of time, so that a simulation can give it another. */
public interface Timers {

    /** A number of milliseconds that only rises; its zero means nothing. */
    long nowMs();

    /** The same, more finely where that is known. */
    default long nowNanos() {
        return TimeUnit.MILLISECONDS.toNanos(nowMs());
    }

    /** Runs the task once, after this time, on any thread. */
    void after(long delayMs, Runnable task);
}
