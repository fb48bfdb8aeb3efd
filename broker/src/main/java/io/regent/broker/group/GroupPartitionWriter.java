package io.regent.broker.group;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.coordinator.group.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Writes the coordinator's records to the partitions led here.
 *
 * <p>Called by the coordinator's event threads. It never waits for replication: the coordinator answers its clients
 * when the high watermark listener says that a write is committed.
 */
final class GroupPartitionWriter implements PartitionWriter {
    private final GroupPartitions partitions;

    GroupPartitionWriter(GroupPartitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        partitions.addListener(partition, listener);
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        partitions.removeListener(partition, listener);
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return partitions
                .leaderLog(partition)
                .orElseThrow(() -> new NotLeaderOrFollowerException(partition + " is not led by this broker"))
                .config();
    }

    /** Verification concerns transactional writes only, which {@link #maybeStartTransactionVerification} refuses. */
    @Override
    public long append(TopicPartition partition, VerificationGuard guard, MemoryRecords records) {
        return partitions.append(partition, records);
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, short apiVersion) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("transactions are not served by this broker"));
    }
}
