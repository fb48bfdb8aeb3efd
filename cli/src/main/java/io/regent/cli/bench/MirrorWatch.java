package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.ObjectName;

/**
 * Watches from a standby's JMX beans how far its image of the cluster is behind ZooKeeper.
 *
 * <p>Used by one thread; it looks with another one of its own, until it is closed.
 */
final class MirrorWatch implements AutoCloseable {
    private static final ObjectName MIRROR = NodeBeans.name("kafka.controller:type=Mirror,*");
    private static final ObjectName DIRTY = NodeBeans.name("kafka.controller:type=Mirror,name=DirtyCount");
    private static final ObjectName LAG_MS = NodeBeans.name("kafka.controller:type=Mirror,name=LagMs");
    private static final ObjectName READ = NodeBeans.name("kafka.controller:type=Mirror,name=ReadCount");
    private static final String VALUE = "Value";

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final NodeBeans beans;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread = new Thread(this::look, "mirror-watch");
    private final long readBefore;

    private volatile boolean closed;
    private volatile long lastBehindNanos = System.nanoTime();
    private volatile long read;

    /**
     * What a standby did while it was watched.
     *
     * @param warmAtNanos when it was last seen to be behind, on {@link System#nanoTime()}
     * @param read how many znodes it asked ZooKeeper for
     */
    record Seen(long warmAtNanos, long read) {}

    private MirrorWatch(NodeBeans beans) {
        this.beans = beans;
        this.readBefore = beans.number(READ, VALUE).longValue();
        this.read = readBefore;
        thread.setDaemon(true);
    }

    /** Whether this node has a mirror at all, as only Regent's do. */
    static boolean isPossible(long pid) {
        try (NodeBeans beans = NodeBeans.of(pid)) {
            return !beans.matching(MIRROR).isEmpty();
        }
    }

    static MirrorWatch of(long pid) {
        MirrorWatch watch = new MirrorWatch(NodeBeans.of(pid));
        watch.thread.start();
        return watch;
    }

    private void look() {
        try {
            while (!closed) {
                if (beans.number(LAG_MS, VALUE).longValue() > 0
                        || beans.number(DIRTY, VALUE).longValue() > 0) {
                    lastBehindNanos = System.nanoTime();
                }
                read = beans.number(READ, VALUE).longValue();
                LockSupport.parkNanos(LOOK_NANOS);
            }
            ended.complete(null);
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    /**
     * Ends the watching.
     *
     * @throws CommandFailure when it could not be watched to the end
     */
    Seen seen() {
        closed = true;
        ended.join();
        return new Seen(lastBehindNanos, read - readBefore);
    }

    @Override
    public void close() {
        closed = true;
        var unused = ended.whenComplete((done, failure) -> beans.close());
    }
}
