package io.regent.broker.replica;

import java.util.List;

/**
 * Which brokers shall hold a partition, as the controller said last. Immutable.
 *
 * @param adding the replicas that a reassignment under way brings
 * @param removing the replicas that it takes away
 */
record Assignment(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {
    static final Assignment NONE = new Assignment(List.of(), List.of(), List.of());

    Assignment {
        replicas = List.copyOf(replicas);
        adding = List.copyOf(adding);
        removing = List.copyOf(removing);
    }

    boolean isReassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    boolean isAdding(int brokerId) {
        return adding.contains(brokerId);
    }

    /** Replicas that are only being added do not make the partition under-replicated. */
    int replicationFactor() {
        return (int) replicas.stream().filter(id -> !adding.contains(id)).count();
    }
}
