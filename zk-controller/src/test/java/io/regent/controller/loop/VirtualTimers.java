package io.regent.controller.loop;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when the test says so. */
final class VirtualTimers implements Timers {

    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::atMs).thenComparingLong(Alarm::order));
    private long nowMs = 1_000_000;
    private long order;

    private record Alarm(long atMs, long order, Runnable task) {}

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public void after(long delayMs, Runnable task) {
        alarms.add(new Alarm(nowMs + delayMs, order++, task));
    }

    /** Lets time pass; what falls due runs. */
    void pass(long ms) {
        long until = nowMs + ms;
        while (!alarms.isEmpty() && alarms.peek().atMs() <= until) {
            Alarm next = alarms.poll();
            nowMs = next.atMs();
            next.task().run();
        }
        nowMs = until;
    }
}
