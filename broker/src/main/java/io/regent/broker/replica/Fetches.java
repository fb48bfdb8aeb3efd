package io.regent.broker.replica;

import io.regent.broker.replica.FetchReader.PartitionRead;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.FetchPartitionData;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;

/**
 * Answers fetches of consumers and followers, at once or when enough data has come. Any thread may call it; it never
 * blocks.
 */
final class Fetches {
    private final PartitionRegistry partitions;
    private final FetchReader reader;
    private final PartitionContext context;

    Fetches(PartitionRegistry partitions, FetchReader reader, PartitionContext context) {
        this.partitions = partitions;
        this.reader = reader;
        this.context = context;
    }

    CompletableFuture<Map<TopicIdPartition, FetchPartitionData>> fetch(
            FetchParams params, Map<TopicIdPartition, FetchRequest.PartitionData> wanted) {
        Map<TopicIdPartition, PartitionRead> reads = reader.read(params, wanted, true);
        long bytes = reads.values().stream().mapToLong(PartitionRead::bytes).sum();
        boolean answerNow = params.maxWaitMs <= 0
                || wanted.isEmpty()
                || bytes >= params.minBytes
                || reads.values().stream().anyMatch(PartitionRead::isUrgent);
        if (answerNow) {
            return CompletableFuture.completedFuture(answer(params, reads));
        }
        DelayedFetch delayed = new DelayedFetch(params, wanted, reads);
        context.operations().fetch().tryCompleteElseWatch(delayed);
        return delayed.result;
    }

    private Map<TopicIdPartition, FetchPartitionData> answer(
            FetchParams params, Map<TopicIdPartition, PartitionRead> reads) {
        Map<TopicIdPartition, FetchPartitionData> all = LinkedHashMap.newLinkedHashMap(reads.size());
        reads.forEach((id, read) -> {
            all.put(id, read.data());
            if (params.isFromFollower() && read.bytes() > 0) {
                partitions
                        .find(id.topicPartition())
                        .ifPresent(partition -> context.throttles().served(partition, read.bytes()));
            }
        });
        return all;
    }

    /** A fetch that found too little. It is read again from the logs when it ends. */
    private final class DelayedFetch extends DelayedOperation {
        private final FetchParams params;
        private final Map<TopicIdPartition, FetchRequest.PartitionData> wanted;
        private final Map<TopicIdPartition, PartitionRead> firstReads;
        private final List<TopicPartition> watched;
        private final CompletableFuture<Map<TopicIdPartition, FetchPartitionData>> result = new CompletableFuture<>();

        DelayedFetch(
                FetchParams params,
                Map<TopicIdPartition, FetchRequest.PartitionData> wanted,
                Map<TopicIdPartition, PartitionRead> firstReads) {
            super(params.maxWaitMs);
            this.params = params;
            this.wanted = wanted;
            this.firstReads = firstReads;
            this.watched = wanted.keySet().stream()
                    .map(TopicIdPartition::topicPartition)
                    .toList();
        }

        @Override
        Collection<TopicPartition> watched() {
            return watched;
        }

        @Override
        boolean isSatisfied() {
            long bytes = 0;
            for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry : wanted.entrySet()) {
                long more = bytesFor(entry.getKey(), entry.getValue());
                if (more < 0) {
                    return true;
                }
                bytes += more;
            }
            return bytes >= params.minBytes;
        }

        /** Bytes that a read would give now; negative when the fetch should end whatever the others have. */
        private long bytesFor(TopicIdPartition id, FetchRequest.PartitionData asked) {
            try {
                Partition partition = partitions.require(id.topicPartition());
                PartitionReader partitionReader = new PartitionReader(partition);
                LogOffsetSnapshot offsets = partitionReader.offsets(asked.currentLeaderEpoch, params.fetchOnlyLeader());
                if (diverged(partitionReader, asked, offsets)) {
                    return -1;
                }
                boolean heldBack =
                        params.isFromFollower() && context.throttles().holdsBackServing(partition, params.replicaId);
                if (heldBack) {
                    return 0;
                }
                return bytesUpTo(end(offsets), firstReads.get(id).position(), asked.maxBytes);
            } catch (ApiException e) {
                // The fetcher should hear of it; reading again yields its error code.
                return -1;
            }
        }

        private LogOffsetMetadata end(LogOffsetSnapshot offsets) {
            return switch (params.isolation) {
                case LOG_END -> offsets.logEndOffset;
                case HIGH_WATERMARK -> offsets.highWatermark;
                case TXN_COMMITTED -> offsets.lastStableOffset;
            };
        }

        private boolean diverged(
                PartitionReader partitionReader, FetchRequest.PartitionData asked, LogOffsetSnapshot offsets) {
            return asked.lastFetchedEpoch.isPresent()
                    && PartitionReader.divergence(
                                    partitionReader.logFor(asked.currentLeaderEpoch, params.fetchOnlyLeader()),
                                    asked.lastFetchedEpoch.get(),
                                    asked.fetchOffset,
                                    offsets.logStartOffset)
                            .isPresent();
        }

        private static long bytesUpTo(LogOffsetMetadata end, LogOffsetMetadata position, int maxBytes) {
            if (position.messageOffset < 0 || position.messageOffset == end.messageOffset) {
                return 0;
            }
            // Truncated below the fetch, or rolled since: a read tells.
            if (position.messageOffset > end.messageOffset
                    || position.messageOffsetOnly()
                    || end.messageOffsetOnly()
                    || position.onOlderSegment(end)) {
                return -1;
            }
            return position.onSameSegment(end) ? Math.min(end.positionDiff(position), maxBytes) : 0;
        }

        @Override
        void onComplete() {
            try {
                result.complete(answer(params, reader.read(params, wanted, false)));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }
    }
}
