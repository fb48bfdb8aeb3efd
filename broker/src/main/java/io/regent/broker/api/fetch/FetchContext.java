package io.regent.broker.api.fetch;

import java.util.LinkedHashMap;
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
 * What one fetch request asks for, taken together with its session, and the shape of its response.
 *
 * <p>Belongs to one request; {@link #respond} may be called by another thread than {@link #forEach}, once, after it.
 */
public sealed interface FetchContext {
    /** Calls {@code action} for each partition asked for, in the order in which they are to be served. */
    void forEach(BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action);

    /** Makes the response from the answers to all partitions, in their order; the session remembers what it told. */
    FetchResponse respond(Map<TopicIdPartition, FetchResponseData.PartitionData> answered);

    /** A request that the session cannot take: its response carries the error alone. */
    record Refused(Errors error) implements FetchContext {
        @Override
        public void forEach(BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action) {}

        @Override
        public FetchResponse respond(Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
            return FetchResponse.of(error, 0, FetchMetadata.INVALID_SESSION_ID, new LinkedHashMap<>());
        }
    }

    /** A request on its own. */
    record Sessionless(Map<TopicIdPartition, FetchRequest.PartitionData> asked) implements FetchContext {
        @Override
        public void forEach(BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action) {
            asked.forEach(action);
        }

        @Override
        public FetchResponse respond(Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
            return FetchResponse.of(Errors.NONE, 0, FetchMetadata.INVALID_SESSION_ID, new LinkedHashMap<>(answered));
        }
    }

    /** A whole request that wishes to open a session, which it gets if the cache has room. */
    record Full(
            FetchSessions sessions,
            Map<TopicIdPartition, FetchRequest.PartitionData> asked,
            boolean usesTopicIds,
            boolean fromFollower)
            implements FetchContext {
        @Override
        public void forEach(BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action) {
            asked.forEach(action);
        }

        @Override
        public FetchResponse respond(Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
            return FetchResponse.of(Errors.NONE, 0, sessions.open(this, answered), new LinkedHashMap<>(answered));
        }
    }

    /** A request that names only what changed since the one before. */
    record Incremental(FetchSession session, int requestEpoch, Map<Uuid, String> namesById) implements FetchContext {
        @Override
        public void forEach(BiConsumer<TopicIdPartition, FetchRequest.PartitionData> action) {
            session.forEach(namesById, action);
        }

        @Override
        public FetchResponse respond(Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
            return session.respond(requestEpoch, answered);
        }
    }
}
