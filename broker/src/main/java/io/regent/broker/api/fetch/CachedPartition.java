package io.regent.broker.api.fetch;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * One partition of a fetch session: what the fetcher asks of it, and what it was last told.
 *
 * <p>Guarded by its session's lock. A session may hold thousands, so the fields are plain and few.
 */
final class CachedPartition {
    /** No offset is told yet, or an error was: the next answer is due whatever it says. */
    private static final long NOT_TOLD = -1;

    /** Null while a topic id is not known here. */
    private String topic;

    private final Uuid topicId;
    private final int partition;
    private int maxBytes;
    private long fetchOffset;
    private Optional<Integer> leaderEpoch;
    private Optional<Integer> lastFetchedEpoch;
    private long fetcherLogStartOffset;
    private long toldHighWatermark = NOT_TOLD;
    private long toldLogStartOffset = NOT_TOLD;

    CachedPartition(TopicIdPartition id, FetchRequest.PartitionData asked) {
        this.topic = id.topic();
        this.topicId = id.topicId();
        this.partition = id.partition();
        ask(asked);
    }

    void ask(FetchRequest.PartitionData asked) {
        maxBytes = asked.maxBytes;
        fetchOffset = asked.fetchOffset;
        fetcherLogStartOffset = asked.logStartOffset;
        leaderEpoch = asked.currentLeaderEpoch;
        lastFetchedEpoch = asked.lastFetchedEpoch;
    }

    FetchRequest.PartitionData asked() {
        return new FetchRequest.PartitionData(
                topicId, fetchOffset, fetcherLogStartOffset, maxBytes, leaderEpoch, lastFetchedEpoch);
    }

    /** The partition under its name, which is looked up if it was not known when the fetcher first named the id. */
    TopicIdPartition id(Map<Uuid, String> namesById) {
        if (topic == null) {
            topic = namesById.get(topicId);
        }
        return new TopicIdPartition(topicId, new TopicPartition(topic, partition));
    }

    /** Notes what the fetcher is about to be told; false when it knows all of it and the partition can be left out. */
    boolean tell(FetchResponseData.PartitionData told) {
        boolean news = FetchResponse.recordsSize(told) > 0
                || toldHighWatermark != told.highWatermark()
                || toldLogStartOffset != told.logStartOffset()
                || FetchResponse.isPreferredReplica(told)
                || FetchResponse.isDivergingEpoch(told)
                || told.errorCode() != Errors.NONE.code();
        toldHighWatermark = told.errorCode() == Errors.NONE.code() ? told.highWatermark() : NOT_TOLD;
        toldLogStartOffset = told.logStartOffset();
        return news;
    }
}
