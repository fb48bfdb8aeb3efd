package io.regent.broker.replica;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;
import org.apache.kafka.storage.internals.log.LogReadInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of one Fetch within its size limits, each with its own error. Any thread may call it; it never
 * waits for data.
 */
final class FetchReader {
    private static final Logger LOG = LoggerFactory.getLogger(FetchReader.class);

    private final PartitionRegistry partitions;
    private final PreferredReadReplica preferred;
    private final PartitionContext context;

    FetchReader(PartitionRegistry partitions, PreferredReadReplica preferred, PartitionContext context) {
        this.partitions = partitions;
        this.preferred = preferred;
        this.context = context;
    }

    /**
     * One partition's part of a fetch.
     *
     * @param position where the fetch offset lies in the log, to tell later how many bytes follow it
     */
    record PartitionRead(FetchPartitionData data, LogOffsetMetadata position) {
        int bytes() {
            return data.records.sizeInBytes();
        }

        /** Whether the fetcher should hear this now, however little data there is. */
        boolean isUrgent() {
            return data.error != Errors.NONE
                    || data.divergingEpoch.isPresent()
                    || data.preferredReadReplica.isPresent();
        }
    }

    /**
     * Reads the partitions in order until {@code params.maxBytes} are reached. From Fetch version 3 on, the first
     * partition with data gives at least one whole batch.
     *
     * @param recordProgress see {@link PartitionReader#read}
     */
    Map<TopicIdPartition, PartitionRead> read(
            FetchParams params, Map<TopicIdPartition, FetchRequest.PartitionData> wanted, boolean recordProgress) {
        Map<TopicIdPartition, PartitionRead> reads = LinkedHashMap.newLinkedHashMap(wanted.size());
        int bytesLeft = params.maxBytes;
        boolean minOneMessage = !params.hardMaxBytesLimit();
        for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry : wanted.entrySet()) {
            int maxBytes = Math.min(entry.getValue().maxBytes, bytesLeft);
            PartitionRead read = readOne(
                    params,
                    entry.getKey(),
                    entry.getValue(),
                    new PartitionReader.Limits(maxBytes, minOneMessage),
                    recordProgress);
            minOneMessage &= read.bytes() == 0;
            bytesLeft = Math.max(0, bytesLeft - read.bytes());
            reads.put(entry.getKey(), read);
        }
        return reads;
    }

    private PartitionRead readOne(
            FetchParams params,
            TopicIdPartition id,
            FetchRequest.PartitionData wanted,
            PartitionReader.Limits limits,
            boolean recordProgress) {
        try {
            Partition partition = partitions.require(id.topicPartition());
            requireTopic(partition, id.topicId());
            long nowMs = context.time().milliseconds();
            PartitionReader reader = new PartitionReader(partition);
            OptionalInt elsewhere = preferred.choose(partition, params, wanted.fetchOffset, nowMs);
            if (elsewhere.isPresent()) {
                return redirected(reader.offsets(wanted.currentLeaderEpoch, false), elsewhere);
            }
            boolean heldBack =
                    params.isFromFollower() && context.throttles().holdsBackServing(partition, params.replicaId);
            LogReadInfo info = reader.read(
                    params, wanted, heldBack ? PartitionReader.Limits.NO_RECORDS : limits, recordProgress, nowMs);
            return found(info, params, partition);
        } catch (ApiException e) {
            return failed(Errors.forException(e));
        } catch (RuntimeException e) {
            LOG.error("Reading {} from offset {} failed", id, wanted.fetchOffset, e);
            return failed(Errors.forException(e));
        }
    }

    private static void requireTopic(Partition partition, Uuid asked) {
        Optional<Uuid> own = asked.equals(Uuid.ZERO_UUID) ? Optional.empty() : partition.topicId();
        if (own.isPresent() && !own.get().equals(asked)) {
            throw new InconsistentTopicIdException("The log of " + partition.topicPartition() + " belongs to topic id "
                    + own.get() + ", not " + asked);
        }
    }

    private static PartitionRead found(LogReadInfo info, FetchParams params, Partition partition) {
        // Below Fetch version 3 a client cannot use the beginning of a batch that is longer than its limit.
        boolean useless = !params.hardMaxBytesLimit() && info.fetchedData.firstEntryIncomplete;
        Records records = useless ? MemoryRecords.EMPTY : info.fetchedData.records;
        return new PartitionRead(
                new FetchPartitionData(
                        Errors.NONE,
                        info.highWatermark,
                        info.logStartOffset,
                        records,
                        info.divergingEpoch,
                        OptionalLong.of(info.lastStableOffset),
                        info.fetchedData.abortedTransactions,
                        OptionalInt.empty(),
                        params.isFromFollower() && partition.isAdding(params.replicaId)),
                info.fetchedData.fetchOffsetMetadata);
    }

    private static PartitionRead redirected(LogOffsetSnapshot offsets, OptionalInt elsewhere) {
        return new PartitionRead(
                new FetchPartitionData(
                        Errors.NONE,
                        offsets.highWatermark.messageOffset,
                        offsets.logStartOffset,
                        MemoryRecords.EMPTY,
                        Optional.empty(),
                        OptionalLong.of(offsets.lastStableOffset.messageOffset),
                        Optional.empty(),
                        elsewhere,
                        false),
                LogOffsetMetadata.UNKNOWN_OFFSET_METADATA);
    }

    private static PartitionRead failed(Errors error) {
        Optional<FetchResponseData.EpochEndOffset> noDivergence = Optional.empty();
        return new PartitionRead(
                new FetchPartitionData(
                        error,
                        -1L,
                        -1L,
                        MemoryRecords.EMPTY,
                        noDivergence,
                        OptionalLong.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        false),
                LogOffsetMetadata.UNKNOWN_OFFSET_METADATA);
    }
}
