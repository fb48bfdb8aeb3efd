package io.regent.metadata;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What tools have ordered by writing below {@code /admin} and is not done yet. Immutable.
 *
 * @param deletions by topic, how far its deletion has come
 * @param reassignments by partition, the replicas that {@code /admin/reassign_partitions} wants it to have; empty when
 *     there is no such znode, or nobody can read it
 */
record AdminOrders(PMap<String, TopicDeletion> deletions, Optional<SortedMap<PartitionId, Replicas>> reassignments) {

    static final AdminOrders NONE = new AdminOrders(HashTreePMap.empty(), Optional.empty());

    AdminOrders withDeletions(PMap<String, TopicDeletion> newDeletions) {
        return new AdminOrders(newDeletions, reassignments);
    }

    AdminOrders withReassignments(Optional<SortedMap<PartitionId, Replicas>> newReassignments) {
        return new AdminOrders(
                deletions, newReassignments.map(targets -> Collections.unmodifiableSortedMap(new TreeMap<>(targets))));
    }
}
