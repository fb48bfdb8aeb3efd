package io.regent.cli.drill;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The books of all partitions of a drill's topic.
 *
 * <p>Any thread.
 */
final class WriteLedger {
    private final List<PartitionLedger> partitions;

    WriteLedger(int partitionCount) {
        partitions = IntStream.range(0, partitionCount)
                .mapToObj(PartitionLedger::new)
                .toList();
    }

    PartitionLedger partition(int partition) {
        return partitions.get(partition);
    }

    List<PartitionLedger> partitions() {
        return partitions;
    }

    List<PartitionWrites> writes() {
        return partitions.stream().map(PartitionLedger::writes).toList();
    }

    long sent() {
        return partitions.stream().mapToLong(PartitionLedger::sent).sum();
    }

    long acknowledged() {
        return partitions.stream().mapToLong(PartitionLedger::acknowledgedCount).sum();
    }

    boolean allAcknowledgedSomething() {
        return partitions.stream().allMatch(partition -> partition.acknowledgedCount() > 0);
    }

    void killed(long atNanos) {
        partitions.forEach(partition -> partition.killed(atNanos));
    }

    void died(long atNanos) {
        partitions.forEach(partition -> partition.died(atNanos));
    }

    void noteSilenceUntil(long nowNanos) {
        partitions.forEach(partition -> partition.noteSilenceUntil(nowNanos));
    }
}
