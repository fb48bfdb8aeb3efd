package io.regent.broker.group;

import io.regent.broker.log.PartitionLog;
import io.regent.broker.replica.AppendRequest;
import io.regent.broker.replica.Partition;
import io.regent.broker.replica.PartitionListener;
import io.regent.broker.replica.ReplicaManager;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.coordinator.group.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * The partitions of {@code __consumer_offsets} as this broker's replica manager has them.
 *
 * <p>Any thread may call it; it adds nothing to the replica manager but the coordinator's words.
 */
public final class ReplicaGroupPartitions implements GroupPartitions {
    private final ReplicaManager replicas;

    public ReplicaGroupPartitions(ReplicaManager replicas) {
        this.replicas = replicas;
    }

    /** Such an append waits for nobody, so its result is there when the call returns. */
    @Override
    public long append(TopicPartition partition, MemoryRecords records) {
        CompletableFuture<PartitionResponse> appended = replicas.append(
                        AppendRequest.ofCoordinator(partition, records, VerificationGuard.SENTINEL))
                .thenApply(results -> results.get(partition));
        PartitionResponse result = appended.join();
        if (result.error != Errors.NONE) {
            throw result.error.exception(result.errorMessage);
        }
        return result.lastOffset + 1;
    }

    @Override
    public Optional<PartitionLog> leaderLog(TopicPartition partition) {
        return replicas.partition(partition).flatMap(Partition::leaderLog);
    }

    @Override
    public OptionalInt leaderEpoch(TopicPartition partition) {
        return replicas.partition(partition)
                .filter(replica -> replica.leaderLog().isPresent())
                .map(replica -> OptionalInt.of(replica.leaderEpoch()))
                .orElseGet(OptionalInt::empty);
    }

    @Override
    public void addListener(TopicPartition partition, PartitionWriter.Listener listener) {
        replicas.addPartitionListener(partition, new HighWatermarks(listener));
    }

    @Override
    public void removeListener(TopicPartition partition, PartitionWriter.Listener listener) {
        replicas.removePartitionListener(partition, new HighWatermarks(listener));
    }

    /** Equal to another of the same listener, by which it is found again for its removal. */
    private record HighWatermarks(PartitionWriter.Listener listener) implements PartitionListener {
        @Override
        public void onHighWatermarkUpdated(TopicPartition partition, long offset) {
            listener.onHighWatermarkUpdated(partition, offset);
        }
    }
}
