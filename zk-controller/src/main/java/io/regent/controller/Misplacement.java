package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Puts new partitions elsewhere that somebody placed on a node that only rules. Pure.
 *
 * <p>Brokers are told of that node as of a live broker, since that is where they look their controller up; and a Kafka
 * broker that creates a topic by itself (one that a client asks for, or the offsets') places it on the brokers it was told of.
 */
final class Misplacement {

    private final OptionalInt onlyRules;

    /**
     * @param onlyRules the ruling node where it is no broker
     */
    Misplacement(OptionalInt onlyRules) {
        this.onlyRules = onlyRules;
    }

    /**
     * Mends the assignment of a partition that nobody has led yet; leaves alone what has a state, as that may have data.
     *
     * @param image names the brokers that live
     */
    void mend(Draft draft, ClusterImage image, PartitionId partition) {
        Replicas placed = draft.assignment(partition).replicas();
        if (onlyRules.isEmpty()
                || !placed.contains(onlyRules.getAsInt())
                || draft.state(partition).exists()
                || draft.state(partition).isUnreadable()
                || draft.edit().isBeingDeleted(partition.topic())) {
            return;
        }
        List<Integer> free = image.brokers().keySet().stream()
                .filter(id -> !placed.contains(id))
                .toList();
        List<Integer> mended = new ArrayList<>();
        placed.stream()
                .filter(id -> id != onlyRules.getAsInt() || !free.isEmpty())
                .forEach(id ->
                        mended.add(id == onlyRules.getAsInt() ? free.get(partition.partition() % free.size()) : id));
        if (!mended.isEmpty()) {
            draft.edit().setAssignment(partition, Assignment.of(Replicas.of(mended)));
            draft.remark("partition " + partition + " was placed on node " + onlyRules.getAsInt()
                    + ", which only rules: its replicas are now " + mended);
        }
    }
}
