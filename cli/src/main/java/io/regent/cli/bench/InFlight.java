package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;

/**
 * Keeps a bounded number of calls to ZooKeeper on their way, and waits for all of them at the end.
 *
 * <p>One thread calls; replies come on the client's own.
 */
final class InFlight {
    /** Far more than ZooKeeper takes for a multi at any size. */
    private static final long TIMEOUT_MS = 120_000;

    private final ZooKeeper zooKeeper;
    private final int window;
    private final Semaphore free;
    private final AtomicReference<String> failure = new AtomicReference<>();

    InFlight(ZooKeeperClient client, int window) {
        this.zooKeeper = client.handle();
        this.window = window;
        this.free = new Semaphore(window);
    }

    /** Sends a multi as soon as there is room; none of it may be refused. */
    void multi(List<Op> ops, Consumer<List<OpResult>> results) {
        acquire(1);
        zooKeeper.multi(
                ops,
                (code, path, context, answered) -> {
                    if (code == Code.OK.intValue()) {
                        results.accept(answered);
                    }
                    answered(code, ops.get(0).getPath());
                },
                null);
    }

    /** Sends one read as soon as there is room. */
    void getData(String path) {
        acquire(1);
        zooKeeper.getData(path, false, (code, of, context, data, stat) -> answered(code, path), null);
    }

    private void answered(int code, String path) {
        if (code != Code.OK.intValue()) {
            failure.compareAndSet(null, Code.get(code) + " for " + path);
        }
        free.release();
    }

    /**
     * Waits for all replies.
     *
     * @throws CommandFailure when a call was refused
     */
    void await() {
        acquire(window);
        free.release(window);
        if (failure.get() != null) {
            throw new CommandFailure("ZooKeeper refused: " + failure.get());
        }
    }

    private void acquire(int permits) {
        try {
            if (!free.tryAcquire(permits, TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new CommandFailure("ZooKeeper did not answer within " + TIMEOUT_MS / 1000 + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while waiting for ZooKeeper", e);
        }
    }
}
