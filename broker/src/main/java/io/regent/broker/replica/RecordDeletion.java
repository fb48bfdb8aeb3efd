package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;

/**
 * Deletes records below an offset on the leader and answers once every live replica has done so (KIP-107). Any thread
 * may call it; it never blocks.
 */
final class RecordDeletion {
    private final PartitionRegistry partitions;
    private final DelayedOperations operations;

    RecordDeletion(PartitionRegistry partitions, DelayedOperations operations) {
        this.partitions = partitions;
        this.operations = operations;
    }

    CompletableFuture<Map<TopicPartition, DeleteRecordsPartitionResult>> delete(
            Map<TopicPartition, Long> offsets, long timeoutMs) {
        Map<TopicPartition, DeleteRecordsPartitionResult> settled = new HashMap<>();
        Map<TopicPartition, Long> targets = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            try {
                targets.put(partition, deleteOnLeader(partition, offset));
            } catch (ApiException e) {
                settled.put(partition, failed(partition, Errors.forException(e)));
            }
        });
        targets.keySet().forEach(operations::checkAndCompleteAll);
        DelayedDeletion delayed = new DelayedDeletion(timeoutMs, targets, settled);
        operations.deleteRecords().tryCompleteElseWatch(delayed);
        return delayed.result;
    }

    private long deleteOnLeader(TopicPartition topicPartition, long offset) {
        if (Topic.isInternal(topicPartition.topic())) {
            throw new InvalidTopicException(
                    "Records of the internal topic " + topicPartition.topic() + " cannot be deleted");
        }
        Partition partition = partitions.require(topicPartition);
        return partition.underRead(() -> {
            PartitionLog log = partition.leaderLog().orElseThrow(partition::notLeader);
            if (!log.config().delete) {
                throw new PolicyViolationException(
                        "cleanup.policy of " + topicPartition + " does not allow records to be deleted");
            }
            long target = offset == DeleteRecordsRequest.HIGH_WATERMARK ? log.highWatermark() : offset;
            if (target < 0) {
                throw new OffsetOutOfRangeException("Offset " + target + " of " + topicPartition + " is negative");
            }
            log.maybeIncrementLogStartOffset(target, LogStartOffsetIncrementReason.ClientRecordDeletion);
            return target;
        });
    }

    private static DeleteRecordsPartitionResult failed(TopicPartition partition, Errors error) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(partition.partition())
                .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK)
                .setErrorCode(error.code());
    }

    private final class DelayedDeletion extends DelayedOperation {
        private final Map<TopicPartition, Long> targets;
        private final Map<TopicPartition, DeleteRecordsPartitionResult> settled;
        private final List<TopicPartition> watched;
        private final CompletableFuture<Map<TopicPartition, DeleteRecordsPartitionResult>> result =
                new CompletableFuture<>();

        DelayedDeletion(
                long timeoutMs,
                Map<TopicPartition, Long> targets,
                Map<TopicPartition, DeleteRecordsPartitionResult> settled) {
            super(timeoutMs);
            this.targets = targets;
            this.settled = settled;
            this.watched = new ArrayList<>(targets.keySet());
        }

        @Override
        Collection<TopicPartition> watched() {
            return watched;
        }

        @Override
        boolean isSatisfied() {
            synchronized (settled) {
                targets.entrySet().removeIf(entry -> isSettled(entry.getKey(), entry.getValue()));
                return targets.isEmpty();
            }
        }

        private boolean isSettled(TopicPartition topicPartition, long target) {
            LeaderState leader = partitions
                    .find(topicPartition)
                    .flatMap(Partition::leaderState)
                    .orElse(null);
            if (leader == null) {
                Errors error = partitions.find(topicPartition).isPresent()
                        ? Errors.NOT_LEADER_OR_FOLLOWER
                        : partitions.missingError(topicPartition);
                settled.put(topicPartition, failed(topicPartition, error));
                return true;
            }
            long lowWatermark = leader.lowWatermark();
            if (lowWatermark < target) {
                return false;
            }
            settled.put(topicPartition, failed(topicPartition, Errors.NONE).setLowWatermark(lowWatermark));
            return true;
        }

        @Override
        void onComplete() {
            Map<TopicPartition, DeleteRecordsPartitionResult> all;
            synchronized (settled) {
                all = new HashMap<>(settled);
                targets.keySet().forEach(partition -> all.put(partition, failed(partition, Errors.REQUEST_TIMED_OUT)));
            }
            result.complete(all);
        }
    }
}
