package io.regent.broker.replica;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets one thread pause until its time is up or another thread has news for it. News that comes while nobody pauses ends
 * the next pause at once.
 */
final class Nudge {
    private final Semaphore news = new Semaphore(0);

    /** Any thread: there is news. */
    void give() {
        news.release();
    }

    /** The one thread: pauses. News that came before has been seen by then only if {@link #seen} was called since. */
    void await(long pauseMs) throws InterruptedException {
        if (news.tryAcquire(pauseMs, TimeUnit.MILLISECONDS)) {
            seen();
        }
    }

    /** The one thread: what was given so far needs no end of a pause any more. */
    void seen() {
        news.drainPermits();
    }
}
