package io.regent.cli.drill;

import io.regent.cli.node.ControllerSeat;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What one broker believes of the cluster and of a drill's topic.
 *
 * @param teller the broker that was asked
 * @param seat who rules
 * @param live the brokers that live
 * @param partitions the topic's partitions that it knows
 */
record Observation(Endpoint teller, ControllerSeat seat, Map<Integer, Endpoint> live, Map<Integer, Led> partitions) {
    /**
     * One partition.
     *
     * @param leader its leader, or -1
     * @param replicas the brokers that hold it
     * @param isr those of them that are in sync
     */
    record Led(int leader, Set<Integer> replicas, Set<Integer> isr) {
        boolean healthy() {
            return leader >= 0 && isr.containsAll(replicas);
        }
    }

    long ledBy(int broker) {
        return partitions.values().stream()
                .filter(partition -> partition.leader() == broker)
                .count();
    }

    /** Of the live brokers but this one, that which leads most partitions, the lowest id of several; empty if there is no other. */
    OptionalInt leadsMostBesides(int broker) {
        return live.keySet().stream()
                .filter(id -> id != broker)
                .sorted(Comparator.comparingLong(this::ledBy).reversed().thenComparing(Comparator.naturalOrder()))
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /** Whether every one of {@code count} partitions has a living leader other than this broker. */
    boolean ledWithout(int broker, int count) {
        return partitions.size() == count
                && partitions.values().stream()
                        .allMatch(partition -> partition.leader() >= 0 && partition.leader() != broker);
    }

    /** Whether the broker lives and is in the ISR of every partition that it holds. */
    boolean inSync(int broker, int count) {
        return live.containsKey(broker)
                && partitions.size() == count
                && partitions.values().stream()
                        .filter(partition -> partition.replicas().contains(broker))
                        .allMatch(partition -> partition.isr().contains(broker));
    }

    boolean healthy(int count) {
        return seat.taken()
                && partitions.size() == count
                && partitions.values().stream().allMatch(Led::healthy);
    }
}
