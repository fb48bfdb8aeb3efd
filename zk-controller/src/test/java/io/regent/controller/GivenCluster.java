package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.FinalizedFeatures.Levels;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.ZnodeCopy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
    private final Set<String> withoutId = new HashSet<>();
    private Optional<SortedMap<PartitionId, Replicas>> orders = Optional.empty();
    private boolean onlyRules;
    private ControllerSettings settings = ControllerSettings.DEFAULTS;
    private ZnodeCopy<ProducerIdBlock> producerIds = ZnodeCopy.of(ProducerIdBlock.NONE, 0);
    private ZnodeCopy<FinalizedFeatures> features =
            ZnodeCopy.of(FinalizedFeatures.none(FinalizedFeatures.CURRENT_FORMAT, true), 0);
    private Map<String, String> brokerConfig = Map.of();

    void accept(Words words) {
        switch (words.first()) {
            case "broker" ->
                brokers.add(broker(
                        Integer.parseInt(words.second()),
                        words.number("epoch", 10 + Integer.parseInt(words.second())),
                        words.has("rack") ? Optional.of(words.text("rack")) : Optional.empty()));
            case "topic" -> topics.put(words.second(), words.others());
            case "no-id" -> withoutId.add(words.second());
            case "deleting" -> deletions.add(words.second());
            case "orders" -> orders = Optional.of(words.targets());
            case "producer-ids" -> producerIds = producerIds(words);
            case "features" -> features = features(words);
            case "broker-config" -> brokerConfig = words.others();
            case "only-rules" -> onlyRules = true;
            case "settings" ->
                settings = new ControllerSettings(
                        words.says("unclean"),
                        words.number("partitions", 1),
                        (short) words.number("rf", 1),
                        !words.says("no-deletion"),
                        words.number("imbalance", 10),
                        FinalizedFeatures.none(words.number("format", 2), !words.says("no-features")));
            default -> {
                PartitionId partition = Words.partition(words.first());
                topics.putIfAbsent(partition.topic(), Map.of());
                partitions
                        .computeIfAbsent(partition.topic(), name -> new TreeMap<>())
                        .put(partition.partition(), words);
            }
        }
    }

    /** The last block that was given out: {@code last=1999 version=2}, {@code absent} or {@code garbage version=3}. */
    static ZnodeCopy<ProducerIdBlock> producerIds(Words words) {
        long last = words.has("last") ? Long.parseLong(words.text("last")) : -1;
        ProducerIdBlock block = last < 0 ? ProducerIdBlock.NONE : new ProducerIdBlock(1, last - 999, last);
        return copy(words, block);
    }

    /** {@code enabled format=2 version=0}, {@code disabled}, {@code level=3} for one feature. */
    static ZnodeCopy<FinalizedFeatures> features(Words words) {
        SortedMap<String, Levels> levels = new TreeMap<>();
        if (words.has("level")) {
            levels.put("feature", new Levels(1, words.number("level", 1)));
        }
        return copy(words, new FinalizedFeatures(words.number("format", 2), words.says("enabled"), levels));
    }

    private static <T> ZnodeCopy<T> copy(Words words, T content) {
        if (words.says("absent")) {
            return ZnodeCopy.absent();
        }
        int version = words.number("version", 0);
        return words.says("garbage") ? ZnodeCopy.unreadable(version) : ZnodeCopy.of(content, version);
    }

    /** The ruling node where it is no broker. */
    OptionalInt unregistered() {
        return onlyRules ? OptionalInt.of(Scenario.REIGN.controllerId()) : OptionalInt.empty();
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
                .setProducerIds(producerIds)
                .setFeatures(features)
                .setBrokerConfig(brokerConfig)
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
        TopicId id = topicId(name, withoutId.contains(name) ? "none" : "same");
        return TopicImage.of(name, id, config, 3, assignments, states);
    }

    /** The id that a topic of this name is given with, another one, a new one, or none. */
    static TopicId topicId(String name, String which) {
        return switch (which) {
            case "none" -> TopicId.NONE;
            case "same" -> new TopicId(name.hashCode(), 1);
            case "other" -> new TopicId(name.hashCode(), 2);
            case "new" -> new TopicId(name.hashCode(), 3);
            default -> throw new IllegalArgumentException("no such id: " + which);
        };
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
