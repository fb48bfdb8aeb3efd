package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.controller.StopReplica;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one life of a broker must still be told, newest states only, and in which order.
 *
 * <p>LeaderAndIsr is divided only where a broker could not take it whole: Kafka takes the first for everything it hosts.
 * First of all an UpdateMetadata without partitions says who rules; then LeaderAndIsr, UpdateMetadata and StopReplica take
 * turns, so that a long one holds nothing up. Bounded by the number of partitions. Used by one thread.
 */
final class Outbox {

    /** One UpdateMetadata names no more than this: a broker that applies it is not kept from other work for long. */
    static final int METADATA_BYTES = 400 * 1024;

    /** The metadata of so many partitions between two lulls is more than what happens in a cluster from day to day. */
    static final int MUCH_METADATA = 5_000;

    /** One StopReplica names no more partitions than this, for the same reason. */
    static final int MAX_STOPS = 10_000;

    /** What to send next. */
    sealed interface Batch {
        ClusterImage image();

        /** The partitions to lead or follow; the image names the live leaders. */
        record LeaderAndIsr(ClusterImage image, List<TopicStates> topics) implements Batch {}

        /** The partitions whose metadata changed, perhaps none; the image names the live brokers. */
        record UpdateMetadata(ClusterImage image, List<TopicStates> topics) implements Batch {

            /** Whether both tell any broker the same, as far as one may know without looking at each state. */
            @SuppressWarnings(
                    "ReferenceEquality") // Equal images that are not one are as rare as they are dear to compare.
            boolean tellsTheSame(UpdateMetadata other) {
                if (image != other.image || topics.size() != other.topics.size()) {
                    return false;
                }
                for (int i = 0; i < topics.size(); i++) {
                    if (!topics.get(i).tellsTheSame(other.topics.get(i))) {
                        return false;
                    }
                }
                return true;
            }
        }

        /** The replicas to stop. */
        record StopReplicas(ClusterImage image, List<StopReplica> stops) implements Batch {}
    }

    private enum Kind {
        LEADER_AND_ISR,
        UPDATE_METADATA,
        STOP_REPLICA;

        Kind next() {
            return switch (this) {
                case LEADER_AND_ISR -> UPDATE_METADATA;
                case UPDATE_METADATA -> STOP_REPLICA;
                case STOP_REPLICA -> LEADER_AND_ISR;
            };
        }
    }

    private final int brokerId;
    private final int maxBytes;
    private final PendingStates leaderAndIsr = new PendingStates();
    private final PendingStates metadata = new PendingStates();
    private final Map<PartitionId, StopReplica> stops = new TreeMap<>();

    private ClusterImage newest = ClusterImage.EMPTY;
    private boolean reignUnannounced = true;
    private boolean brokersDirty;
    /** Of how many partitions metadata came in since the last lull. */
    private int metadataSinceLull;

    private Kind turn = Kind.LEADER_AND_ISR;

    /**
     * @param maxBytes what one request may take, about
     */
    Outbox(int brokerId, int maxBytes) {
        this.brokerId = brokerId;
        this.maxBytes = maxBytes;
    }

    /** Takes this broker's part of an announcement; of each partition it overrides what still waits. */
    void add(Announcements announcements) {
        newest = announcements.image();
        PartitionSet states = announcements.leaderAndIsr().getOrDefault(brokerId, PartitionSet.EMPTY);
        leaderAndIsr.add(newest, states, announcements.newReplicas().on(brokerId));
        if (!stops.isEmpty()) {
            // A partition that it shall serve after all is not stopped; a topic that is deleted does not come back.
            stops.values()
                    .removeIf(stop ->
                            stop.leaderEpoch() != StopReplica.DURING_DELETE && states.contains(stop.partition()));
        }
        PartitionSet changed = announcements.updateMetadata().get(brokerId);
        if (changed != null) {
            brokersDirty = true;
            metadata.add(newest, changed, PartitionSet.EMPTY);
            metadataSinceLull = Math.min(MUCH_METADATA, metadataSinceLull) + changed.size();
        }
        List<StopReplica> stopped = announcements.stopReplicas().getOrDefault(brokerId, List.of());
        if (!stopped.isEmpty()) {
            leaderAndIsr.remove(
                    PartitionSet.of(stopped.stream().map(StopReplica::partition).toList()));
            stopped.forEach(stop -> stops.merge(stop.partition(), stop, Outbox::stronger));
        }
    }

    private static StopReplica stronger(StopReplica older, StopReplica newer) {
        return older.delete() && !newer.delete() ? older : newer;
    }

    boolean isEmpty() {
        return leaderAndIsr.isEmpty() && metadata.isEmpty() && stops.isEmpty() && !brokersDirty;
    }

    /** How many partitions wait to be told of. */
    int size() {
        return leaderAndIsr.size() + metadata.size() + stops.size();
    }

    /** Whether so much metadata came in since the last lull that a broker has to work on it for long, and some still waits. */
    boolean hasMuchMetadata() {
        return metadataSinceLull >= MUCH_METADATA && !metadata.isEmpty();
    }

    /** Nobody else waits to be told anything: what comes in from now on is another matter. */
    void lull() {
        metadataSinceLull = 0;
    }

    /** Takes out what to send next; empty when there is nothing that may be sent. */
    Optional<Batch> next() {
        return next(false);
    }

    /** @param withoutMetadata whether metadata waits, but for who rules */
    Optional<Batch> next(boolean withoutMetadata) {
        if (reignUnannounced && !isEmpty()) {
            reignUnannounced = false;
            brokersDirty = false;
            return Optional.of(new Batch.UpdateMetadata(newest, List.of()));
        }
        for (int i = 0; i < Kind.values().length; i++) {
            Kind kind = turn;
            turn = kind.next();
            if (withoutMetadata && kind == Kind.UPDATE_METADATA) {
                continue;
            }
            Optional<Batch> batch = take(kind);
            if (batch.isPresent()) {
                return batch;
            }
        }
        return Optional.empty();
    }

    private Optional<Batch> take(Kind kind) {
        return switch (kind) {
            case LEADER_AND_ISR -> takeLeaderAndIsr();
            case UPDATE_METADATA -> takeMetadata();
            case STOP_REPLICA -> takeStops();
        };
    }

    private Optional<Batch> takeLeaderAndIsr() {
        if (leaderAndIsr.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Batch.LeaderAndIsr(newest, leaderAndIsr.take(maxBytes)));
    }

    private Optional<Batch> takeMetadata() {
        if (metadata.isEmpty() && !brokersDirty) {
            return Optional.empty();
        }
        brokersDirty = false;
        int bytes = Math.min(METADATA_BYTES, maxBytes);
        List<TopicStates> taken = metadata.take(bytes);
        return Optional.of(new Batch.UpdateMetadata(newest, taken));
    }

    private Optional<Batch> takeStops() {
        if (stops.isEmpty()) {
            return Optional.empty();
        }
        List<StopReplica> taken = new ArrayList<>();
        Iterator<StopReplica> each = stops.values().iterator();
        while (taken.size() < MAX_STOPS && each.hasNext()) {
            taken.add(each.next());
            each.remove();
        }
        return Optional.of(new Batch.StopReplicas(newest, taken));
    }
}
