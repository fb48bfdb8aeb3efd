package io.regent.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the JVM give back the heap that a burst has needed, such as a takeover, once nothing is allocated any more: G1 by itself
 * compacts what a burst has left only when much is allocated again.
 *
 * <p>One thread of its own. Never acts while there is load, where the collection would be long, or where the heap has not
 * grown, so not with equal -Xms and -Xmx; {@code -XX:+DisableExplicitGC} turns it off.
 */
final class HeapTrim {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What is used above this takes longer to collect, at about a millisecond a megabyte, than a broker may pause. */
    static final long MAX_USED_BYTES = 192L << 20;

    /** Less heap than this is not worth a pause. */
    static final long WORTH_BYTES = 32L << 20;

    /** A node that allocates no more than this in a period has nothing to do. */
    static final long QUIET_BYTES = 8L << 20;

    /** A takeover has shorter rests between its parts. */
    static final int QUIET_PERIODS = 2;

    private long baselineBytes = Long.MAX_VALUE;
    private long lastUsedBytes;
    private int quietPeriods;

    HeapTrim() {}

    /** Watches the heap of this JVM until it ends. */
    static void start() {
        Thread.ofPlatform().daemon().name("heap-trim").start(() -> new HeapTrim().watch());
    }

    @SuppressWarnings("InfiniteLoopStatement") // As long as the JVM, of which this thread is a daemon.
    private void watch() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        while (true) {
            LockSupport.parkNanos(PERIOD_NANOS);
            MemoryUsage heap = memory.getHeapMemoryUsage();
            if (isDue(heap.getUsed(), heap.getCommitted())) {
                memory.gc();
                trimmed(memory.getHeapMemoryUsage().getCommitted());
            }
        }
    }

    /** Whether to collect now; asked once a period. */
    boolean isDue(long usedBytes, long committedBytes) {
        // A heap of which less is used has been collected, and was not quiet.
        boolean quiet = usedBytes >= lastUsedBytes && usedBytes - lastUsedBytes <= QUIET_BYTES;
        lastUsedBytes = usedBytes;
        quietPeriods = quiet ? quietPeriods + 1 : 0;
        baselineBytes = Math.min(baselineBytes, committedBytes);
        return quietPeriods >= QUIET_PERIODS
                && usedBytes <= MAX_USED_BYTES
                && committedBytes - baselineBytes >= WORTH_BYTES;
    }

    /** The heap was collected, and this much is kept: again only when it has grown from here. */
    void trimmed(long committedBytes) {
        baselineBytes = committedBytes;
        quietPeriods = 0;
    }
}
