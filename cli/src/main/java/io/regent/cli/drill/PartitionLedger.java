package io.regent.cli.drill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Keeps the books of what was written to one partition: sent, acknowledged, and the longest time between two acknowledgements.
 *
 * <p>Any thread. Never looks at a clock; times are {@link System#nanoTime()} of whoever calls.
 */
final class PartitionLedger {
    /** Ten columns a second are as many as an eye can follow. */
    static final long BUCKET_NANOS = 100_000_000L;

    /** Five seconds of them, which fit a terminal of 80 columns. */
    static final int BUCKETS = 50;

    private final int partition;
    private final BitSet acknowledged = new BitSet();
    private final long[] bucketOf = new long[BUCKETS];
    private int sent;
    private long lastAckNanos;
    private boolean started;
    private long firstBucket;
    private long longestGapNanos;
    private long roundLongestGapNanos;
    private long killedNanos = Long.MAX_VALUE;
    private long firstAckAfterKillNanos;

    PartitionLedger(int partition) {
        this.partition = partition;
        Arrays.fill(bucketOf, Long.MIN_VALUE);
    }

    int partition() {
        return partition;
    }

    /** Counts a record that is about to be sent; its sequence. */
    synchronized int nextSequence() {
        return sent++;
    }

    /** Notes an acknowledgement of a record sent at {@code sentNanos}. */
    synchronized void acknowledged(int sequence, long sentNanos, long nowNanos) {
        acknowledged.set(sequence);
        if (started) {
            note(nowNanos - lastAckNanos);
        } else {
            firstBucket = bucket(nowNanos);
        }
        started = true;
        lastAckNanos = nowNanos;
        bucketOf[bucketIndex(nowNanos)] = bucket(nowNanos);
        if (firstAckAfterKillNanos == 0 && sentNanos - killedNanos >= 0 && killedNanos != Long.MAX_VALUE) {
            firstAckAfterKillNanos = nowNanos;
        }
    }

    private void note(long gapNanos) {
        longestGapNanos = Math.max(longestGapNanos, gapNanos);
        roundLongestGapNanos = Math.max(roundLongestGapNanos, gapNanos);
    }

    /** Begins a round: from now on, the first acknowledgement of a record sent after the kill is waited for. */
    synchronized void killed(long atNanos) {
        killedNanos = atNanos;
        firstAckAfterKillNanos = 0;
        roundLongestGapNanos = 0;
    }

    /**
     * The killed broker's connections have closed: until then it still took writes, and those do not count as being
     * writable again.
     */
    synchronized void died(long atNanos) {
        killedNanos = atNanos;
        firstAckAfterKillNanos = 0;
    }

    /** When a record sent after the kill was first acknowledged, or 0 while none was. */
    synchronized long writableAgainNanos() {
        return firstAckAfterKillNanos;
    }

    /** Closes the books for gaps: a partition that took nothing more has a gap up to now. */
    synchronized void noteSilenceUntil(long nowNanos) {
        if (started) {
            note(nowNanos - lastAckNanos);
        }
    }

    synchronized long longestGapNanos() {
        return longestGapNanos;
    }

    synchronized long roundLongestGapNanos() {
        return roundLongestGapNanos;
    }

    synchronized int sent() {
        return sent;
    }

    synchronized int acknowledgedCount() {
        return acknowledged.cardinality();
    }

    synchronized PartitionWrites writes() {
        return new PartitionWrites(partition, sent, (BitSet) acknowledged.clone());
    }

    /** What happened in one tenth of a second. */
    enum Tenth {
        BEFORE_THE_FIRST,
        SILENT,
        WRITTEN
    }

    /** Each of the last {@link #BUCKETS} tenths of a second, oldest first. */
    synchronized List<Tenth> recentTenths(long nowNanos) {
        List<Tenth> recent = new ArrayList<>(BUCKETS);
        long current = bucket(nowNanos);
        for (long wanted = current - BUCKETS + 1; wanted <= current; wanted++) {
            if (!started || wanted < firstBucket) {
                recent.add(Tenth.BEFORE_THE_FIRST);
            } else {
                recent.add(bucketOf[Math.floorMod(wanted, BUCKETS)] == wanted ? Tenth.WRITTEN : Tenth.SILENT);
            }
        }
        return recent;
    }

    private static long bucket(long nanos) {
        return Math.floorDiv(nanos, BUCKET_NANOS);
    }

    private static int bucketIndex(long nanos) {
        return Math.floorMod(bucket(nanos), BUCKETS);
    }
}
