package io.regent.cli.drill;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often each record of a drill is in the log.
 *
 * <p>One thread. Never judges: that is {@link Verifier}'s work.
 */
final class ReadBack {
    private static final int INITIAL_CAPACITY = 1_024;

    private final long run;
    private final Map<Integer, int[]> copies = new HashMap<>();
    private long foreign;

    ReadBack(long run) {
        this.run = run;
    }

    /** Notes a record found in a partition. */
    void found(int partition, byte[] value) {
        DrillRecord.decode(value)
                .filter(found -> found.run() == run && found.partition() == partition && found.sequence() >= 0)
                .ifPresentOrElse(found -> count(partition, found.sequence()), () -> foreign++);
    }

    private void count(int partition, int sequence) {
        int[] counts = copies.computeIfAbsent(partition, p -> new int[INITIAL_CAPACITY]);
        if (sequence >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(sequence + 1, counts.length * 2));
            copies.put(partition, counts);
        }
        counts[sequence]++;
    }

    int copiesOf(int partition, int sequence) {
        int[] counts = copies.get(partition);
        return counts == null || sequence >= counts.length ? 0 : counts[sequence];
    }

    /** Records that this drill did not write there. */
    long foreign() {
        return foreign;
    }

    /** Distinct records of this partition that are in the log. */
    int distinct(int partition) {
        int[] counts = copies.get(partition);
        return counts == null
                ? 0
                : (int) Arrays.stream(counts).filter(count -> count > 0).count();
    }
}
