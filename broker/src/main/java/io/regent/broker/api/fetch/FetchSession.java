package io.regent.broker.api.fetch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/**
 * One fetcher's standing question: the partitions it asks for, in the order in which they will be served.
 *
 * <p>Every method takes the session's own lock; any thread may call it. {@link FetchSessions} alone writes the fields
 * about its age and place in the cache.
 */
final class FetchSession {
    /** By topic id where the fetcher uses ids, whether or not the name is known; else by name. */
    private record Key(Uuid topicId, String topic, int partition) {
        static Key of(TopicIdPartition id) {
            boolean byId = !id.topicId().equals(Uuid.ZERO_UUID);
            return new Key(id.topicId(), byId ? null : id.topic(), id.partition());
        }
    }

    final int id;
    /** Followers' sessions are; consumers' are not. */
    final boolean privileged;

    final boolean usesTopicIds;
    final long creationMs;
    long lastUsedMs;
    int cachedSize;
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);
    private final Map<Key, CachedPartition> partitions = new LinkedHashMap<>();

    FetchSession(int id, boolean privileged, boolean usesTopicIds, long nowMs) {
        this.id = id;
        this.privileged = privileged;
        this.usesTopicIds = usesTopicIds;
        this.creationMs = nowMs;
        this.lastUsedMs = nowMs;
    }

    /** Fills a new session with the partitions of the full fetch that opens it, and what it is answered. */
    synchronized void open(
            Map<TopicIdPartition, FetchRequest.PartitionData> asked,
            Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
        answered.forEach((partition, told) -> {
            CachedPartition cached = new CachedPartition(partition, asked.get(partition));
            cached.tell(told);
            partitions.put(Key.of(partition), cached);
        });
    }

    synchronized int epoch() {
        return epoch;
    }

    synchronized int size() {
        return partitions.size();
    }

    /** Applies an incremental request; afterwards the session waits for the request that follows it. */
    synchronized void update(
            Map<TopicIdPartition, FetchRequest.PartitionData> asked, List<TopicIdPartition> forgotten) {
        asked.forEach((partition, data) -> {
            CachedPartition known = partitions.get(Key.of(partition));
            if (known == null) {
                partitions.put(Key.of(partition), new CachedPartition(partition, data));
            } else {
                known.ask(data);
            }
        });
        forgotten.forEach(partition -> partitions.remove(Key.of(partition)));
        epoch = FetchMetadata.nextEpoch(epoch);
    }

    synchronized void forEach(
            Map<Uuid, String> namesById, BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action) {
        partitions.values().forEach(partition -> action.accept(partition.id(namesById), partition.asked()));
    }

    /**
     * The response to the request of epoch {@code requestEpoch}: only what the fetcher does not know yet. Partitions that
     * had records go to the end of the line, so that the others are served first the next time.
     */
    synchronized FetchResponse respond(
            int requestEpoch, Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
        if (epoch != FetchMetadata.nextEpoch(requestEpoch)) {
            return FetchResponse.of(Errors.INVALID_FETCH_SESSION_EPOCH, 0, id, new LinkedHashMap<>());
        }
        LinkedHashMap<TopicIdPartition, FetchResponseData.PartitionData> news = new LinkedHashMap<>();
        answered.forEach((partition, told) -> {
            Key key = Key.of(partition);
            CachedPartition cached = partitions.get(key);
            if (cached.tell(told)) {
                news.put(partition, told);
            }
            if (FetchResponse.recordsSize(told) > 0) {
                partitions.remove(key);
                partitions.put(key, cached);
            }
        });
        return FetchResponse.of(Errors.NONE, 0, id, news);
    }
}
