package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import java.util.List;
import java.util.SortedMap;

/**
 * What each broker must be told after a commit: sets of partitions, whose states are in the image. Immutable.
 *
 * <p>The sets are shared between brokers, so that telling 200,000 partitions to five brokers copies nothing. A newer
 * announcement to a broker overrides what an older one that still waits says of the same partition.
 *
 * @param image where the states, the live brokers and their endpoints are read; newer than each set's commit at most by
 *     what later commits of the same step announce anyway
 * @param leaderAndIsr by broker id, the partitions that it must lead or follow; the sets that name a whole cluster are made
 *     by who first looks into them, and may turn out to be empty
 * @param newReplicas which replicas of {@code leaderAndIsr} never led or followed before ({@code isNew})
 * @param stopReplicas by broker id, the replicas that it must stop
 * @param updateMetadata by broker id, the partitions whose metadata changed; an empty set tells the broker only who rules
 *     and which brokers live
 */
public record Announcements(
        ClusterImage image,
        SortedMap<Integer, PartitionSet> leaderAndIsr,
        NewReplicas newReplicas,
        SortedMap<Integer, List<StopReplica>> stopReplicas,
        SortedMap<Integer, PartitionSet> updateMetadata) {

    /** The leader that UpdateMetadata names for the partitions of a topic that is being deleted. */
    public static final int LEADER_DURING_DELETE = -2;

    /** The leader that UpdateMetadata names for this partition. */
    public int leaderInMetadata(PartitionId partition) {
        return image.isBeingDeleted(partition.topic())
                ? LEADER_DURING_DELETE
                : image.state(partition).leader();
    }

    /** The partition's state. */
    public PartitionState state(PartitionId partition) {
        return image.state(partition);
    }

    /** Whether nobody is told anything. */
    public boolean isEmpty() {
        return leaderAndIsr.isEmpty() && stopReplicas.isEmpty() && updateMetadata.isEmpty();
    }
}
