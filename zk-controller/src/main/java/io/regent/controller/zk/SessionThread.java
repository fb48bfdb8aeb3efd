package io.regent.controller.zk;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which everything of a node that touches ZooKeeper runs, so that none of it needs a lock.
 *
 * <p>It is not ZooKeeper's own event thread, which must never wait. Tasks given after {@link #close} are dropped; a task
 * that throws is logged and ends alone.
 */
final class SessionThread implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SessionThread.class);

    private final ScheduledThreadPoolExecutor executor;

    SessionThread(String name) {
        executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(name).factory(), new ThreadPoolExecutor.DiscardPolicy());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    /** Runs the task once, after this time. */
    void schedule(long delayMs, Runnable task) {
        var unused = executor.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
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
