package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions, with a bound, while the view stays alive.
 *
 * <p>One thread.
 */
final class Patience {
    /** Fine enough for a timeline in milliseconds, coarse enough not to disturb what is measured. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long limitMs;
    private final Runnable tick;

    Patience(long limitMs, Runnable tick) {
        this.limitMs = limitMs;
        this.tick = tick;
    }

    long limitMs() {
        return limitMs;
    }

    /** Waits until the condition holds; tells whether it came to. */
    boolean await(BooleanSupplier condition) {
        return await(condition, limitMs);
    }

    boolean await(BooleanSupplier condition, long timeoutMs) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CommandFailure("interrupted");
            }
            tick.run();
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** Lets time pass in which there is nothing to wait for. */
    void pass(long ms) {
        await(() -> false, ms);
    }
}
