package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the replicas of new partitions go, by Kafka's own scheme: leaders go round the brokers, followers follow at a
 * distance that grows with each round, so that a broker's partitions fall back on many others; and each replica of a
 * partition stands in another rack while there are racks without one (KIP-36). Pure.
 */
final class Placement {

    private final List<Integer> brokers;
    private final Map<Integer, String> racks;
    private final int rackCount;

    private Placement(List<Integer> brokers, Map<Integer, String> racks) {
        this.brokers = brokers;
        this.racks = racks;
        this.rackCount = new HashSet<>(racks.values()).size();
    }

    /** Places on these brokers; racks count only when each of them has one. */
    static Placement on(Collection<BrokerRegistration> candidates) {
        Map<Integer, String> racks = new TreeMap<>();
        candidates.forEach(broker -> broker.rack().ifPresent(rack -> racks.put(broker.id(), rack)));
        if (racks.size() < candidates.size()) {
            return new Placement(
                    candidates.stream().map(BrokerRegistration::id).sorted().toList(), Map.of());
        }
        return new Placement(alternatingRacks(racks), racks);
    }

    /** The brokers by id, but one of each rack in turn. */
    private static List<Integer> alternatingRacks(Map<Integer, String> racks) {
        Map<String, List<Integer>> byRack = new TreeMap<>();
        racks.forEach((id, rack) ->
                byRack.computeIfAbsent(rack, r -> new ArrayList<>()).add(id));
        List<Iterator<Integer>> turns =
                byRack.values().stream().map(List::iterator).toList();
        List<Integer> alternating = new ArrayList<>();
        while (alternating.size() < racks.size()) {
            for (Iterator<Integer> turn : turns) {
                if (turn.hasNext()) {
                    alternating.add(turn.next());
                }
            }
        }
        return alternating;
    }

    int brokerCount() {
        return brokers.size();
    }

    /** The partitions of a new topic, placed from a point that the seed chooses. */
    List<Replicas> place(int partitions, int replicationFactor, int seed) {
        int start = Math.floorMod(seed, brokers.size());
        int shift = Math.floorMod(seed / brokers.size(), brokers.size());
        return place(0, partitions, replicationFactor, start, shift);
    }

    /**
     * Partitions that are added to a topic, so that they go on where its first ones began.
     *
     * @param firstLeader the preferred leader of the topic's partition 0
     */
    List<Replicas> extend(int firstPartition, int partitions, int replicationFactor, int firstLeader) {
        int smaller = (int) brokers.stream().filter(id -> id < firstLeader).count();
        int start = smaller % brokers.size();
        return place(firstPartition, partitions, replicationFactor, start, start);
    }

    private List<Replicas> place(int firstPartition, int partitions, int replicationFactor, int start, int shift) {
        List<Replicas> placed = new ArrayList<>(partitions);
        int rounds = shift;
        for (int partition = firstPartition; partition < firstPartition + partitions; partition++) {
            if (partition > 0 && partition % brokers.size() == 0) {
                rounds++;
            }
            placed.add(replicas((partition + start) % brokers.size(), replicationFactor, rounds));
        }
        return placed;
    }

    private Replicas replicas(int leaderIndex, int replicationFactor, int rounds) {
        List<Integer> replicas = new ArrayList<>(replicationFactor);
        Set<String> usedRacks = new HashSet<>();
        use(brokers.get(leaderIndex), replicas, usedRacks);
        int distance = rounds * Math.max(1, rackCount);
        for (int step = 0; replicas.size() < replicationFactor; step++) {
            int broker = brokers.get(followerIndex(leaderIndex, distance, step));
            boolean rackIsFree =
                    racks.isEmpty() || usedRacks.size() == rackCount || !usedRacks.contains(racks.get(broker));
            if (rackIsFree && !replicas.contains(broker)) {
                use(broker, replicas, usedRacks);
            }
        }
        return Replicas.of(replicas);
    }

    private void use(int broker, List<Integer> replicas, Set<String> usedRacks) {
        replicas.add(broker);
        if (!racks.isEmpty()) {
            usedRacks.add(racks.get(broker));
        }
    }

    /** The broker that is {@code distance + step} after the leader's, the leader's own left out. */
    private int followerIndex(int leaderIndex, int distance, int step) {
        int others = brokers.size() - 1;
        return (leaderIndex + 1 + Math.floorMod(distance + step, others)) % brokers.size();
    }
}
