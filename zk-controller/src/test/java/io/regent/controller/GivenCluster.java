package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The cluster that a scenario begins with, line by line. */
final class GivenCluster {

    private static final int OLD_CONTROLLER_EPOCH = 6;

    private final List<BrokerRegistration> brokers = new ArrayList<>();
    private final SortedMap<String, Map<String, String>> topics = new TreeMap<>();
    private final Map<String, SortedMap<Integer, Words>> partitions = new HashMap<>();
    private final Set<String> deletions = new HashSet<>();
    private Optional<SortedMap<PartitionId, Replicas>> orders = Optional.empty();
    private ControllerSettings settings = ControllerSettings.DEFAULTS;

    void accept(Words words) {
        switch (words.first()) {
            case "broker" ->
                brokers.add(broker(
                        Integer.parseInt(words.second()),
                        words.number("epoch", 10 + Integer.parseInt(words.second())),
                        words.has("rack") ? Optional.of(words.text("rack")) : Optional.empty()));
            case "topic" -> topics.put(words.second(), words.others());
            case "deleting" -> deletions.add(words.second());
            case "orders" -> orders = Optional.of(words.targets());
            case "settings" ->
                settings = new ControllerSettings(
                        words.says("unclean"),
                        words.number("partitions", 1),
                        (short) words.number("rf", 1),
                        !words.says("no-deletion"),
                        words.number("imbalance", 10));
            default -> {
                PartitionId partition = Words.partition(words.first());
                topics.putIfAbsent(partition.topic(), Map.of());
                partitions
                        .computeIfAbsent(partition.topic(), name -> new TreeMap<>())
                        .put(partition.partition(), words);
            }
        }
    }

    ControllerSettings settings() {
        return settings;
    }

    ClusterImage image() {
        List<TopicImage> images = new ArrayList<>();
        topics.forEach((name, config) -> images.add(topic(name, config)));
        return ClusterImage.of(brokers, images, deletions)
                .edit()
                .setReassignmentOrders(orders)
                .image();
    }

    private TopicImage topic(String name, Map<String, String> config) {
        SortedMap<Integer, Words> lines = partitions.getOrDefault(name, new TreeMap<>());
        int count = lines.isEmpty() ? 0 : lines.lastKey() + 1;
        Assignment[] assignments = new Assignment[count];
        PartitionState[] states = new PartitionState[count];
        for (int number = 0; number < count; number++) {
            Words words = lines.get(number);
            assignments[number] = words == null ? Assignment.NONE : assignment(words);
            states[number] = words == null ? PartitionState.NONE : state(words);
        }
        return TopicImage.of(name, new TopicId(name.hashCode(), 1), config, 3, assignments, states);
    }

    private static Assignment assignment(Words words) {
        return Assignment.of(
                words.replicas("replicas"),
                words.has("adding") ? words.replicas("adding") : Replicas.NONE,
                words.has("removing") ? words.replicas("removing") : Replicas.NONE);
    }

    /** Where a line says nothing, the preferred replica leads and all are in sync. */
    private static PartitionState state(Words words) {
        if (words.says("stateless")) {
            return PartitionState.NONE;
        }
        if (words.says("unreadable")) {
            return PartitionState.UNREADABLE;
        }
        Replicas replicas = words.replicas("replicas");
        return new PartitionState(
                words.number("leader", replicas.get(0)),
                words.number("epoch", 0),
                words.has("isr") ? words.replicas("isr") : replicas,
                words.says("recovering") ? LeaderRecovery.RECOVERING : LeaderRecovery.RECOVERED,
                OLD_CONTROLLER_EPOCH,
                words.number("version", 0));
    }

    static BrokerRegistration broker(int id, long epoch, Optional<String> rack) {
        return new BrokerRegistration(
                id,
                epoch,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9000 + id)),
                rack,
                -1,
                Map.of(),
                0,
                5);
    }
}
