package io.regent.controller.sim;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time and the one source of chance in a simulated world: the same seed gives the same history. One thread. */
public final class SimClock {

    /** How long a message or a thread's turn usually takes at most. */
    private static final int USUAL_DELAY_MS = 3;

    private static final int RARE = 40;
    private static final int RARE_DELAY_MS = 60;

    private final Random random;
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::atMs).thenComparingLong(Alarm::order));
    private long nowMs;
    private long order;

    private record Alarm(long atMs, long order, Runnable task) {}

    public SimClock(long seed) {
        this.random = new Random(seed);
    }

    long nowMs() {
        return nowMs;
    }

    /** How much has happened so far. */
    long events() {
        return order;
    }

    /** Any number from 0 up to, and without, the bound. */
    int chance(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    /** Mostly a few milliseconds, now and then many. */
    long delayMs() {
        return oneIn(RARE) ? random.nextInt(RARE_DELAY_MS) : random.nextInt(USUAL_DELAY_MS);
    }

    void after(long delayMs, Runnable task) {
        alarms.add(new Alarm(nowMs + delayMs, order++, task));
    }

    /** Runs what is due next, if it is due by then; else lets time pass until then. False when time has passed. */
    boolean step(long untilMs) {
        Alarm next = alarms.peek();
        if (next == null || next.atMs() > untilMs) {
            nowMs = Math.max(nowMs, untilMs);
            return false;
        }
        alarms.poll();
        nowMs = next.atMs();
        next.task().run();
        return true;
    }

    /** Lets this much time pass; what falls due runs. */
    public void pass(long ms) {
        long untilMs = nowMs + ms;
        while (step(untilMs)) {
            // Each step runs one task.
        }
    }
}
