package io.regent.metadata;

/**
 * Who leads a partition and who is in sync: what its {@code state} znode holds.
 *
 * @param leader the leading broker's id, or {@link #NO_LEADER}
 * @param leaderEpoch counts the leaders of this partition; only rises
 * @param isr the in-sync replicas; a subset of the replicas, never empty
 * @param recovery whether the leader was elected uncleanly and has not recovered yet (KIP-704)
 * @param controllerEpoch the reign that wrote this state
 * @param version the {@code dataVersion} of the state znode, which Kafka calls the partition epoch
 */
public record PartitionState(
        int leader, int leaderEpoch, Replicas isr, LeaderRecovery recovery, int controllerEpoch, int version) {

    /** The leader of a partition that has none. */
    public static final int NO_LEADER = -1;

    /** The state of a partition whose state znode does not exist yet. */
    public static final PartitionState NONE =
            new PartitionState(NO_LEADER, -1, Replicas.NONE, LeaderRecovery.RECOVERED, -1, -1);

    /**
     * The state of a partition whose state znode is there but cannot be read. Nothing is decided about such a partition
     * and its znode is not written, so that whoever mends it finds it as it was.
     */
    public static final PartitionState UNREADABLE =
            new PartitionState(NO_LEADER, -1, Replicas.NONE, LeaderRecovery.RECOVERED, -1, -2);

    /** The first state of a new partition, as its znode will hold it right after creation. */
    public static PartitionState first(int leader, Replicas isr, int controllerEpoch) {
        return new PartitionState(leader, 0, isr, LeaderRecovery.RECOVERED, controllerEpoch, 0);
    }

    /** Whether there is a state: whether its znode exists and can be read. */
    public boolean exists() {
        return version >= 0;
    }

    /** Whether this is {@link #UNREADABLE}. */
    public boolean isUnreadable() {
        return version == UNREADABLE.version;
    }

    /** Whether some broker leads. */
    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** The state after an election: the leader epoch rises by one, and the znode's version with it. */
    public PartitionState elect(int newLeader, Replicas newIsr, LeaderRecovery newRecovery, int byControllerEpoch) {
        return new PartitionState(newLeader, leaderEpoch + 1, newIsr, newRecovery, byControllerEpoch, version + 1);
    }

    /** The state after the leader changed the ISR: the leader epoch stays, the znode's version rises by one. */
    public PartitionState withIsr(Replicas newIsr, LeaderRecovery newRecovery, int byControllerEpoch) {
        return new PartitionState(leader, leaderEpoch, newIsr, newRecovery, byControllerEpoch, version + 1);
    }
}
