package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.OffsetNotAvailableException;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.record.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/**
 * Answers what clients and followers ask of offsets: by timestamp, and by leader epoch. Any thread may call it; it only
 * reads.
 */
final class OffsetQueries {
    private final PartitionRegistry partitions;

    OffsetQueries(PartitionRegistry partitions) {
        this.partitions = partitions;
    }

    /**
     * One partition of ListOffsets, version 1 and newer.
     *
     * @param isolation of a client; empty for a broker, which may see up to the log end
     * @param onlyLeader whether a follower must refuse; a debugging client may read from one
     */
    record Query(
            TopicPartition partition,
            long timestamp,
            Optional<IsolationLevel> isolation,
            Optional<Integer> currentLeaderEpoch,
            boolean onlyLeader) {}

    /** @throws ApiException as {@link ReplicaManager#listOffset} says */
    Optional<TimestampAndOffset> listOffset(Query query) {
        Partition partition = partitions.require(query.partition());
        return partition.underRead(() -> {
            PartitionLog log = new PartitionReader(partition).logFor(query.currentLeaderEpoch(), query.onlyLeader());
            long lastFetchable = query.isolation()
                    .map(level -> level == IsolationLevel.READ_COMMITTED ? log.lastStableOffset() : log.highWatermark())
                    .orElse(log.logEndOffset());
            // A new leader's watermark may lie below what the old one showed. Until it has passed the start of the
            // epoch, an answer could make a client go back (KIP-207).
            boolean lagging = query.isolation().isPresent()
                    && partition
                            .leaderState()
                            .filter(state -> state.epochStartOffset() > log.highWatermark())
                            .isPresent();
            return find(query, partition, log, lastFetchable, lagging);
        });
    }

    private static Optional<TimestampAndOffset> find(
            Query query, Partition partition, PartitionLog log, long lastFetchable, boolean lagging) {
        if (query.timestamp() == ListOffsetsRequest.LATEST_TIMESTAMP) {
            if (lagging) {
                throw notAvailable(query, log);
            }
            return Optional.of(new TimestampAndOffset(
                    RecordBatch.NO_TIMESTAMP, lastFetchable, Optional.of(partition.leaderEpoch())));
        }
        Optional<TimestampAndOffset> found = log.fetchOffsetByTimestamp(query.timestamp());
        if (query.timestamp() == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || query.timestamp() == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return found;
        }
        Optional<TimestampAndOffset> visible = found.filter(position -> position.offset < lastFetchable);
        if (visible.isEmpty() && lagging) {
            throw notAvailable(query, log);
        }
        return visible;
    }

    private static ApiException notAvailable(Query query, PartitionLog log) {
        return new OffsetNotAvailableException("The high watermark " + log.highWatermark() + " of " + query.partition()
                + " has not reached the start of the leader epoch yet");
    }

    /** ListOffsets v0; see {@link ReplicaManager#legacyListOffsets}. */
    List<Long> legacyListOffsets(Query query, int maxOffsets) {
        Partition partition = partitions.require(query.partition());
        return partition.underRead(() -> {
            PartitionLog log = new PartitionReader(partition).logFor(query.currentLeaderEpoch(), query.onlyLeader());
            List<Long> all = log.legacyOffsetsBefore(query.timestamp(), maxOffsets);
            long highWatermark = log.highWatermark();
            boolean hidesSome =
                    query.isolation().isPresent() && all.stream().anyMatch(offset -> offset > highWatermark);
            return hidesSome
                    ? Stream.concat(Stream.of(highWatermark), all.stream().dropWhile(offset -> offset > highWatermark))
                            .toList()
                    : all;
        });
    }

    EpochEndOffset lastOffsetForLeaderEpoch(
            TopicPartition topicPartition, Optional<Integer> currentLeaderEpoch, int leaderEpoch) {
        return partitions
                .find(topicPartition)
                .map(partition ->
                        new PartitionReader(partition).lastOffsetForLeaderEpoch(currentLeaderEpoch, leaderEpoch, true))
                .orElseGet(() -> new EpochEndOffset()
                        .setPartition(topicPartition.partition())
                        .setErrorCode(partitions.missingError(topicPartition).code()));
    }
}
