package io.regent.broker.replica;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.util.timer.TimerTask;

/**
 * A request that waits for something to happen to partitions, at most for its timeout. Any thread may try to complete
 * it; it completes exactly once, and its conditions are checked by one thread at a time. It must not be tried under the
 * lock of a partition, since completing it answers a client.
 */
abstract class DelayedOperation extends TimerTask {
    private final AtomicBoolean completed = new AtomicBoolean();
    private final AtomicInteger tries = new AtomicInteger();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    DelayedOperation(long delayMs) {
        super(delayMs);
    }

    /** The partitions whose changes may complete it. */
    abstract Collection<TopicPartition> watched();

    /** Whether what it waits for has come. */
    abstract boolean isSatisfied();

    /** Answers; called once, whether it was satisfied or ran out of time. */
    abstract void onComplete();

    /** Called before {@link #onComplete} when time ran out. */
    void onExpired() {}

    final boolean isCompleted() {
        return completed.get();
    }

    /** Completes it if it is satisfied. A try that comes while another thread checks makes that one check again. */
    final boolean tryComplete() {
        if (tries.getAndIncrement() != 0) {
            return completed.get();
        }
        int seen = 1;
        do {
            if (completed.get() || isSatisfied()) {
                forceComplete();
                return true;
            }
            seen = tries.addAndGet(-seen);
        } while (seen != 0);
        return false;
    }

    final boolean forceComplete() {
        if (!completed.compareAndSet(false, true)) {
            return false;
        }
        cancel();
        finish();
        return true;
    }

    private void finish() {
        try {
            onComplete();
        } finally {
            done.complete(null);
        }
    }

    /** Runs the action after completion, or now if that has been. */
    @SuppressWarnings("FutureReturnValueIgnored") // it cannot fail: done never does
    final void whenDone(Runnable action) {
        done.thenRun(action);
    }

    @Override
    public final void run() {
        if (completed.compareAndSet(false, true)) {
            onExpired();
            finish();
        }
    }
}
