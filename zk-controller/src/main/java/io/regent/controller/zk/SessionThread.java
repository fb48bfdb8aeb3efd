package io.regent.controller.zk;

import java.util.concurrent.Executor;

/**
 * The one thread on which everything of a node that touches ZooKeeper runs, so that none of it needs a lock. It has the
 * only clock of that part, too, so that a simulation can give it another. Any thread may call it.
 */
public interface SessionThread extends Executor {

    /** Runs the task once, after this time. */
    void schedule(long delayMs, Runnable task);

    /** A number of milliseconds that only rises; its zero means nothing. */
    long nowMs();

    /** The milliseconds since 1970, for people to read. */
    long timeOfDayMs();
}
