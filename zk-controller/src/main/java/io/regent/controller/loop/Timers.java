package io.regent.controller.loop;

/** The loop's sense of time, so that a simulation can give it another. */
public interface Timers {

    /** A number of milliseconds that only rises; its zero means nothing. */
    long nowMs();

    /** Runs the task once, after this time, on any thread. */
    void after(long delayMs, Runnable task);
}
