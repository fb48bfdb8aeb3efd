package io.regent.cli;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until what a warm-up has set going has come about.
 *
 * @param timeoutMs the longest wait
 */
record WarmUpWait(int timeoutMs) {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    interface Condition {
        boolean holds() throws IOException;
    }

    /** @param otherwise what is wrong when the condition does not come to hold */
    void until(Condition condition, String otherwise) throws IOException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(otherwise);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
