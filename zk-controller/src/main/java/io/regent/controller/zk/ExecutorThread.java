package io.regent.controller.zk;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link SessionThread} as a thread of its own.
 *
 * <p>It is not ZooKeeper's own event thread, which must never wait. Tasks given after {@link #close} are dropped; a task
 * that throws is logged and ends alone.
 */
final class ExecutorThread implements SessionThread, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionThread.class);

    private final ScheduledThreadPoolExecutor executor;

    ExecutorThread(String name) {
        executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(name).factory(), new ThreadPoolExecutor.DiscardPolicy());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    @Override
    public void schedule(long delayMs, Runnable task) {
        var unused = executor.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public long timeOfDayMs() {
        return System.currentTimeMillis();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task on the ZooKeeper session's thread failed", e);
        }
    }

    /** Lets the running task end, and drops those that wait. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
