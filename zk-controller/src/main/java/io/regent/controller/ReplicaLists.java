package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.Replicas;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Whether replica lists that a client chose can be used. Pure. */
final class ReplicaLists {

    private ReplicaLists() {}

    /** Why these lists cannot be the replicas of partitions of one topic; empty when they can. */
    static Optional<String> fault(Collection<List<Integer>> lists, int replicationFactor, ClusterImage image) {
        for (List<Integer> list : lists) {
            if (list.isEmpty()) {
                return Optional.of("A replica assignment is empty.");
            }
            if (Replicas.of(list).hasDuplicates()) {
                return Optional.of("Duplicate brokers in replica assignment " + list + ".");
            }
            if (list.size() != replicationFactor) {
                return Optional.of("Inconsistent replication factor: replica assignment " + list + " has " + list.size()
                        + " replicas instead of " + replicationFactor + ".");
            }
            Optional<Integer> unknown =
                    list.stream().filter(id -> !image.isLive(id)).findFirst();
            if (unknown.isPresent()) {
                return Optional.of("Unknown broker " + unknown.get() + " in replica assignment " + list + ".");
            }
        }
        return Optional.empty();
    }
}
