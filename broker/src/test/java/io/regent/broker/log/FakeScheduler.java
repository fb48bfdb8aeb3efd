package io.regent.broker.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.util.Scheduler;

/** A scheduler whose tasks run when a test moves its clock, on the test's thread. Periodic ones run once a move. */
public final class FakeScheduler implements Scheduler {
    private final FakeTime time;
    private final List<Task> tasks = new ArrayList<>();

    public FakeScheduler(FakeTime time) {
        this.time = time;
    }

    @Override
    public void startup() {}

    @Override
    public void shutdown() {
        tasks.clear();
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(String name, Runnable work, long delayMs, long periodMs) {
        Task task = new Task(work, time.milliseconds() + delayMs, periodMs);
        tasks.add(task);
        return task;
    }

    @Override
    public void resizeThreadPool(int size) {}

    /** Moves the clock and runs what is due then. */
    public void advance(long ms) {
        time.sleep(ms);
        for (Task task : due()) {
            if (!task.isCancelled()) {
                task.work.run();
            }
        }
    }

    private synchronized List<Task> due() {
        List<Task> due =
                tasks.stream().filter(task -> task.dueMs <= time.milliseconds()).toList();
        tasks.removeAll(due);
        for (Task task : due) {
            if (task.periodMs > 0) {
                task.dueMs = time.milliseconds() + task.periodMs;
                tasks.add(task);
            }
        }
        return due;
    }

    private static final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Runnable work;
        private final long periodMs;
        private long dueMs;

        Task(Runnable work, long dueMs, long periodMs) {
            super(work, null);
            this.work = work;
            this.dueMs = dueMs;
            this.periodMs = periodMs;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueMs, TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
        }
    }
}
