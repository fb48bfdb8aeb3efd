package io.regent.controller.sim;

/** An ordered stream of messages: each takes its time, and none arrives before one that was sent earlier. */
final class SimPipe {

    private final SimClock clock;
    private long lastArrivalMs;

    SimPipe(SimClock clock) {
        this.clock = clock;
    }

    void send(Runnable arrival) {
        send(clock.delayMs(), arrival);
    }

    void send(long delayMs, Runnable arrival) {
        lastArrivalMs = Math.max(lastArrivalMs, clock.nowMs() + delayMs);
        clock.after(lastArrivalMs - clock.nowMs(), arrival);
    }

    /** Runs the task when all that was sent so far has arrived. */
    void afterAll(Runnable task) {
        send(0, task);
    }
}
