package io.regent.broker.replica;

import com.yammer.metrics.core.Meter;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * The replica manager's beans under Kafka's names ({@code kafka.server:type=ReplicaManager}). Any thread may mark;
 * gauges are counted when they are read.
 */
final class ReplicaMetrics implements AutoCloseable {
    private final KafkaMetricsGroup group = new KafkaMetricsGroup("kafka.server", "ReplicaManager");
    private final Meter shrinks = group.newMeter("IsrShrinksPerSec", "shrinks", TimeUnit.SECONDS);
    private final Meter expands = group.newMeter("IsrExpandsPerSec", "expands", TimeUnit.SECONDS);
    private final Meter failures = group.newMeter("FailedIsrUpdatesPerSec", "failedUpdates", TimeUnit.SECONDS);

    /** Registers the gauges that count partitions. */
    void countPartitions(PartitionRegistry partitions) {
        gauge("PartitionCount", partitions, partition -> 1);
        gauge("LeaderCount", partitions, partition -> partition.isLeader() ? 1 : 0);
        gauge("UnderReplicatedPartitions", partitions, partition -> partition.isUnderReplicated() ? 1 : 0);
        gauge("UnderMinIsrPartitionCount", partitions, partition -> partition.isUnderMinIsr() ? 1 : 0);
        gauge("AtMinIsrPartitionCount", partitions, partition -> partition.isAtMinIsr() ? 1 : 0);
        gauge(
                "ReassigningPartitions",
                partitions,
                partition -> partition.isLeader() && partition.isReassigning() ? 1 : 0);
        group.newGauge("OfflineReplicaCount", partitions::offlineCount);
        group.newGauge(
                "ProducerIdCount",
                () -> partitions.online().stream()
                        .mapToInt(Partition::producerIdCount)
                        .sum());
    }

    private void gauge(String name, PartitionRegistry partitions, ToIntFunction<Partition> count) {
        group.newGauge(name, () -> partitions.online().stream().mapToInt(count).sum());
    }

    void isrChanged(IsrState.Pending change) {
        switch (change) {
            case IsrState.PendingExpand expand -> expands.mark();
            case IsrState.PendingShrink shrink -> shrinks.mark();
        }
    }

    void isrUpdateFailed() {
        failures.mark();
    }

    @Override
    public void close() {
        for (String name : new String[] {
            "IsrShrinksPerSec",
            "IsrExpandsPerSec",
            "FailedIsrUpdatesPerSec",
            "PartitionCount",
            "LeaderCount",
            "UnderReplicatedPartitions",
            "UnderMinIsrPartitionCount",
            "AtMinIsrPartitionCount",
            "ReassigningPartitions",
            "OfflineReplicaCount",
            "ProducerIdCount"
        }) {
            group.removeMetric(name);
        }
    }
}
