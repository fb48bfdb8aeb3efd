package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import io.regent.metadata.ZnodeCopy;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.FeatureZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.ProducerIdBlockZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.TopicZnode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The part of ZooKeeper that the controller writes, as a map, with ZooKeeper's own refusals. */
final class ModelZooKeeper {

    /** A znode's data and {@code dataVersion}. */
    private record Node(String text, int version) {
        static Node of(byte[] data, int version) {
            return new Node(new String(data, StandardCharsets.UTF_8), version);
        }

        byte[] data() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final String GARBAGE = "garbage";

    private final SortedMap<String, Node> nodes = new TreeMap<>();

    ModelZooKeeper() {
        for (String path :
                List.of(TopicZnode.PARENT, DeleteTopicsZnode.PARENT, ConfigZnode.EntityType.TOPICS.parent())) {
            nodes.put(path, new Node("", 0));
        }
    }

    /** Holds what the image says of topics and deletions. */
    static ModelZooKeeper holding(ClusterImage image) {
        ModelZooKeeper zooKeeper = new ModelZooKeeper();
        image.topics().forEach(zooKeeper::hold);
        image.deletions().keySet().forEach(name -> zooKeeper.mark(name));
        zooKeeper.order(image.reassignmentOrders());
        zooKeeper.hold(ProducerIdBlockZnode.PATH, image.producerIds(), ModelZooKeeper::encode);
        zooKeeper.hold(FeatureZnode.PATH, image.features(), FeatureZnode::encode);
        return zooKeeper;
    }

    private void hold(TopicImage topic) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            PartitionState state = topic.state(number);
            if (state.exists() || state.isUnreadable()) {
                PartitionId partition = new PartitionId(topic.name(), number);
                nodes.put(PartitionStateZnode.partitionsPath(topic.name()), new Node("", 0));
                nodes.put(PartitionStateZnode.partitionPath(partition), new Node("", 0));
                nodes.put(
                        PartitionStateZnode.path(partition),
                        state.isUnreadable()
                                ? new Node(GARBAGE, 0)
                                : Node.of(PartitionStateZnode.encode(state), state.version()));
            }
        }
        nodes.put(
                TopicZnode.path(topic.name()),
                Node.of(TopicZnode.encode(topic.id(), assignments(topic)), topic.version()));
        nodes.put(ConfigZnode.topicPath(topic.name()), Node.of(ConfigZnode.encode(topic.config()), 0));
    }

    /** Somebody else writes, or removes, a topic's znode. A topic of another id has nothing of the one before. */
    void rewrite(Event.ObservedTopic topic) {
        String path = TopicZnode.path(topic.name());
        boolean isAnother = topic.found()
                .filter(found -> !found.id().isPresent() || found.id().equals(topic.idBefore()))
                .isEmpty();
        if (isAnother) {
            nodes.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
        }
        topic.found()
                .ifPresent(found -> nodes.put(
                        path,
                        topic.isUnreadable()
                                ? new Node(GARBAGE, found.version())
                                : Node.of(TopicZnode.encode(found.id(), assignments(found)), found.version())));
    }

    private static Assignment[] assignments(TopicImage topic) {
        Assignment[] assignments = new Assignment[topic.partitionCount()];
        Arrays.setAll(assignments, topic::assignment);
        return assignments;
    }

    /** The znode has no data until the first block is given out. */
    private static byte[] encode(ProducerIdBlock block) {
        return block.equals(ProducerIdBlock.NONE) ? new byte[0] : ProducerIdBlockZnode.encode(block);
    }

    private <T> void hold(String path, ZnodeCopy<T> copy, Function<T, byte[]> encoder) {
        nodes.remove(path);
        if (copy.exists()) {
            nodes.put(
                    path,
                    copy.content()
                            .map(content -> Node.of(encoder.apply(content), copy.version()))
                            .orElse(new Node(GARBAGE, copy.version())));
        }
    }

    /** Somebody else writes what the event says that was read. */
    void meddle(Event event) {
        switch (event) {
            case Event.PreferredElectionsObserved ordered ->
                nodes.put(ordered.order().path(), new Node("", ordered.order().version()));
            case Event.IsrChangesObserved changes -> {
                changes.notifications().forEach(read -> nodes.put(read.path(), new Node("", read.version())));
                changes.states()
                        .forEach((partition, state) -> nodes.put(
                                PartitionStateZnode.path(partition),
                                Node.of(PartitionStateZnode.encode(state), state.version())));
            }
            case Event.LogDirEventsObserved events ->
                events.notifications().forEach(read -> nodes.put(read.path(), new Node("", read.version())));
            case Event.TopicConfigsObserved configs ->
                configs.overrides()
                        .forEach((topic, config) ->
                                nodes.put(ConfigZnode.topicPath(topic), Node.of(ConfigZnode.encode(config), 1)));
            case Event.ProducerIdsObserved ids -> hold(ProducerIdBlockZnode.PATH, ids.last(), ModelZooKeeper::encode);
            case Event.FeaturesObserved found -> hold(FeatureZnode.PATH, found.features(), FeatureZnode::encode);
            default -> {}
        }
    }

    /** Somebody else marks a topic for deletion. */
    void mark(String topic) {
        nodes.put(DeleteTopicsZnode.path(topic), new Node("", 0));
    }

    /** Somebody else writes, or removes, {@code /admin/reassign_partitions}. */
    void order(Optional<SortedMap<PartitionId, Replicas>> targets) {
        nodes.remove(ReassignPartitionsZnode.PATH);
        targets.ifPresent(
                orders -> nodes.put(ReassignPartitionsZnode.PATH, Node.of(ReassignPartitionsZnode.encode(orders), 0)));
    }

    /** What {@code /admin/reassign_partitions} holds. */
    Optional<SortedMap<PartitionId, Replicas>> orders() {
        try {
            Node node = nodes.get(ReassignPartitionsZnode.PATH);
            return node == null ? Optional.empty() : Optional.of(ReassignPartitionsZnode.decode(node.data()));
        } catch (BadZnodeException e) {
            throw new AssertionError(e);
        }
    }

    Set<String> markers() {
        return children(DeleteTopicsZnode.PARENT);
    }

    boolean has(String path) {
        return nodes.containsKey(path);
    }

    /** Carries out a commit; a write that ZooKeeper would refuse fails the test. */
    void apply(List<Write> writes) {
        for (Write write : writes) {
            switch (write) {
                case Write.Create create -> create(create.path(), create.data());
                case Write.Set set -> set(set);
                case Write.Put put -> {
                    int version = has(put.path()) ? nodes.get(put.path()).version() + 1 : 0;
                    nodes.put(put.path(), Node.of(put.data(), version));
                }
                case Write.Ensure ensure -> {
                    if (!has(ensure.path())) {
                        create(ensure.path(), new byte[0]);
                    }
                }
                case Write.Delete delete -> {
                    assertThat(nodes.get(delete.path()).version()).isEqualTo(delete.expectedVersion());
                    nodes.remove(delete.path());
                }
                case Write.Consume consume ->
                    assertThat(nodes.remove(consume.path())).as("what was read").isNotNull();
                case Write.DeleteTree tree ->
                    nodes.keySet().removeIf(path -> path.equals(tree.path()) || path.startsWith(tree.path() + "/"));
            }
        }
    }

    private void create(String path, byte[] data) {
        assertThat(nodes).as("NODEEXISTS").doesNotContainKey(path);
        String parent = path.substring(0, path.lastIndexOf('/'));
        assertThat(parent.isEmpty() || has(parent))
                .as("NONODE for the parent of " + path)
                .isTrue();
        nodes.put(path, Node.of(data, 0));
    }

    private void set(Write.Set set) {
        assertThat(nodes).as("NONODE").containsKey(set.path());
        assertThat(nodes.get(set.path()).version())
                .as("BADVERSION of " + set.path())
                .isEqualTo(set.expectedVersion());
        nodes.put(set.path(), Node.of(set.data(), set.expectedVersion() + 1));
    }

    /** The image that a new controller would load. */
    ClusterImage load(Collection<BrokerRegistration> brokers) {
        try {
            List<TopicImage> topics = new ArrayList<>();
            for (String name : children(TopicZnode.PARENT)) {
                topics.add(loadTopic(name));
            }
            return ClusterImage.of(brokers, topics, markers())
                    .edit()
                    .setReassignmentOrders(orders())
                    .setProducerIds(copy(ProducerIdBlockZnode.PATH, ProducerIdBlockZnode::decode))
                    .setFeatures(copy(FeatureZnode.PATH, FeatureZnode::decode))
                    .image();
        } catch (BadZnodeException e) {
            throw new AssertionError(e);
        }
    }

    private interface Decoder<T> {
        T decode(byte[] data) throws BadZnodeException;
    }

    private <T> ZnodeCopy<T> copy(String path, Decoder<T> decoder) throws BadZnodeException {
        Node node = nodes.get(path);
        if (node == null) {
            return ZnodeCopy.absent();
        }
        return node.text().equals(GARBAGE)
                ? ZnodeCopy.unreadable(node.version())
                : ZnodeCopy.of(decoder.decode(node.data()), node.version());
    }

    private TopicImage loadTopic(String name) throws BadZnodeException {
        Node node = nodes.get(TopicZnode.path(name));
        if (node.text().equals(GARBAGE)) {
            return TopicImage.unreadable(name, node.version());
        }
        TopicZnode.Content content = TopicZnode.decode(name, node.data());
        PartitionState[] states = new PartitionState[content.assignments().length];
        for (int number = 0; number < states.length; number++) {
            PartitionId partition = new PartitionId(name, number);
            Node state = nodes.get(PartitionStateZnode.path(partition));
            if (state == null) {
                states[number] = PartitionState.NONE;
            } else if (state.text().equals(GARBAGE)) {
                states[number] = PartitionState.UNREADABLE;
            } else {
                states[number] = PartitionStateZnode.decode(partition, state.data(), state.version());
            }
        }
        Node config = nodes.get(ConfigZnode.topicPath(name));
        return TopicImage.of(
                name,
                content.id(),
                ConfigZnode.decode(ConfigZnode.topicPath(name), config == null ? null : config.data()),
                node.version(),
                content.assignments(),
                states);
    }

    private Set<String> children(String parent) {
        Set<String> names = new TreeSet<>();
        for (String path : nodes.keySet()) {
            if (path.startsWith(parent + "/") && path.indexOf('/', parent.length() + 1) < 0) {
                names.add(path.substring(parent.length() + 1));
            }
        }
        return names;
    }
}
