package io.regent.broker.api.fetch;

import com.yammer.metrics.core.Meter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * The fetch sessions of this broker, at most {@code max.incremental.fetch.session.cache.slots} of them (KIP-227).
 *
 * <p>Any thread may call it. It is a cache: a session may vanish at any time for a more deserving one, and its fetcher
 * then starts again with a full fetch.
 */
public final class FetchSessions implements AutoCloseable {
    /** A session that was not used for this long may be replaced by any other; a younger one is protected. */
    static final long EVICTION_MS = TimeUnit.MINUTES.toMillis(2);

    private static final String EVICTIONS_METRIC = "IncrementalFetchSessionEvictionsPerSec";
    private static final String SESSIONS_METRIC = "NumIncrementalFetchSessions";
    private static final String PARTITIONS_METRIC = "NumIncrementalFetchPartitionsCached";

    /** Who gives way first: consumers before followers, small before large, as the large gain most from a session. */
    private static final Comparator<FetchSession> LEAST_DESERVING = Comparator.comparing(
                    (FetchSession session) -> session.privileged)
            .thenComparingInt(session -> session.cachedSize)
            .thenComparingInt(session -> session.id);

    private final int maxSessions;
    private final Time time;
    private final Map<Integer, FetchSession> sessions = new HashMap<>();
    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.server", "FetchSessionCache");
    private final Meter evictions;
    private long cachedPartitions;

    public FetchSessions(int maxSessions, Time time) {
        this.maxSessions = maxSessions;
        this.time = time;
        this.evictions = metrics.newMeter(EVICTIONS_METRIC, "evictions", TimeUnit.SECONDS);
        metrics.newGauge(SESSIONS_METRIC, this::size);
        metrics.newGauge(PARTITIONS_METRIC, this::cachedPartitions);
    }

    /** What {@code request} asks for, with what its session remembers; the session, if any, moves to its next epoch. */
    public FetchContext context(FetchRequest request, Map<Uuid, String> namesById) {
        Map<TopicIdPartition, FetchRequest.PartitionData> asked = request.fetchData(namesById);
        FetchMetadata metadata = request.metadata();
        boolean usesTopicIds = request.version() >= 13;
        if (!metadata.isFull()) {
            return incremental(metadata, asked, request.forgottenTopics(namesById), usesTopicIds, namesById);
        }
        remove(metadata.sessionId());
        return metadata.epoch() == FetchMetadata.FINAL_EPOCH
                ? new FetchContext.Sessionless(asked)
                : new FetchContext.Full(this, asked, usesTopicIds, request.isFromFollower());
    }

    private synchronized FetchContext incremental(
            FetchMetadata metadata,
            Map<TopicIdPartition, FetchRequest.PartitionData> asked,
            List<TopicIdPartition> forgotten,
            boolean usesTopicIds,
            Map<Uuid, String> namesById) {
        FetchSession session = sessions.get(metadata.sessionId());
        if (session == null) {
            return new FetchContext.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        if (session.epoch() != metadata.epoch()) {
            return new FetchContext.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.usesTopicIds != usesTopicIds) {
            return new FetchContext.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.update(asked, forgotten);
        if (session.size() == 0) {
            remove(session.id);
            return new FetchContext.Sessionless(asked);
        }
        session.lastUsedMs = time.milliseconds();
        recount(session);
        return new FetchContext.Incremental(session, metadata.epoch(), namesById);
    }

    /** The id of a new session for this full fetch, or the invalid id when it deserves none. */
    synchronized int open(FetchContext.Full fetch, Map<TopicIdPartition, FetchResponseData.PartitionData> answered) {
        long nowMs = time.milliseconds();
        FetchSession session = new FetchSession(newId(), fetch.fromFollower(), fetch.usesTopicIds(), nowMs);
        session.cachedSize = answered.size();
        if (answered.isEmpty() || !makeRoomFor(session, nowMs)) {
            return FetchMetadata.INVALID_SESSION_ID;
        }
        session.open(fetch.asked(), answered);
        sessions.put(session.id, session);
        cachedPartitions += session.cachedSize;
        return session.id;
    }

    private int newId() {
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        return id;
    }

    private boolean makeRoomFor(FetchSession candidate, long nowMs) {
        if (sessions.size() < maxSessions) {
            return true;
        }
        Optional<FetchSession> victim = sessions.values().stream()
                .filter(session -> nowMs - session.lastUsedMs > EVICTION_MS)
                .min(Comparator.comparingLong(session -> session.lastUsedMs))
                .or(() -> lessDeservingThan(candidate, nowMs));
        victim.ifPresent(session -> {
            remove(session.id);
            evictions.mark();
        });
        return victim.isPresent();
    }

    /** A follower may take a consumer's place at once; otherwise a session keeps its place for its first while. */
    private Optional<FetchSession> lessDeservingThan(FetchSession candidate, long nowMs) {
        return sessions.values().stream()
                .filter(session ->
                        nowMs - session.creationMs > EVICTION_MS || (candidate.privileged && !session.privileged))
                .filter(session -> LEAST_DESERVING.compare(session, candidate) < 0)
                .min(LEAST_DESERVING);
    }

    private synchronized void remove(int sessionId) {
        FetchSession removed = sessions.remove(sessionId);
        if (removed != null) {
            cachedPartitions -= removed.cachedSize;
        }
    }

    private void recount(FetchSession session) {
        cachedPartitions -= session.cachedSize;
        session.cachedSize = session.size();
        cachedPartitions += session.cachedSize;
    }

    private synchronized int size() {
        return sessions.size();
    }

    private synchronized long cachedPartitions() {
        return cachedPartitions;
    }

    @Override
    public void close() {
        metrics.removeMetric(SESSIONS_METRIC);
        metrics.removeMetric(PARTITIONS_METRIC);
        metrics.removeMetric(EVICTIONS_METRIC);
    }
}
