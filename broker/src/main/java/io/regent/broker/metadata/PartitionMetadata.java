package io.regent.broker.metadata;

import java.util.List;

/**
 * What the controller last announced of one partition. Immutable; any thread may read it. It says nothing of what this
 * broker's own replica does.
 *
 * @param leader the leader's broker id, or -1 without one
 * @param partitionEpoch the zk version of the partition's state
 */
public record PartitionMetadata(
        int partition,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        List<Integer> replicas,
        List<Integer> isr,
        List<Integer> offlineReplicas) {

    /** Whether the partition has a leader at all; it may still be on a broker that just died. */
    public boolean hasLeader() {
        return leader >= 0;
    }
}
