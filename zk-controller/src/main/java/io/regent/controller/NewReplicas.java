package io.regent.controller;

import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of the replicas that are told to lead or follow never did so before ({@code isNew}): their brokers may create a log
 * for them also while a log directory is offline. Immutable.
 *
 * @param partitions the partitions that never had a leader before: all of their replicas are new
 * @param added by broker id, the partitions that a reassignment brings to it
 */
public record NewReplicas(PartitionSet partitions, SortedMap<Integer, PartitionSet> added) {

    /** No replica is new. */
    public static final NewReplicas NONE = new NewReplicas(PartitionSet.EMPTY, new TreeMap<>());

    /** The partitions whose replica on this broker is new. */
    public PartitionSet on(int brokerId) {
        return partitions.plus(added.getOrDefault(brokerId, PartitionSet.EMPTY));
    }

    /** Whether the replica of this partition on this broker is new. */
    public boolean contains(int brokerId, PartitionId partition) {
        return partitions.contains(partition)
                || added.getOrDefault(brokerId, PartitionSet.EMPTY).contains(partition);
    }
}
