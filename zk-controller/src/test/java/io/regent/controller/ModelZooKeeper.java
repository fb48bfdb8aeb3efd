package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.TopicZnode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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
        return zooKeeper;
    }

    private void hold(TopicImage topic) {
        Assignment[] assignments = new Assignment[topic.partitionCount()];
        for (int number = 0; number < assignments.length; number++) {
            assignments[number] = topic.assignment(number);
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
        nodes.put(TopicZnode.path(topic.name()), Node.of(TopicZnode.encode(topic.id(), assignments), topic.version()));
        nodes.put(ConfigZnode.topicPath(topic.name()), Node.of(ConfigZnode.encode(topic.config()), 0));
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
                case Write.DeleteTree tree ->
                    nodes.keySet().removeIf(path -> path.equals(tree.path()) || path.startsWith(tree.path() + "/"));
            }
        }
    }

    private void create(String path, byte[] data) {
        assertThat(nodes).as("NODEEXISTS").doesNotContainKey(path);
        assertThat(nodes).as("NONODE for the parent of " + path).containsKey(path.substring(0, path.lastIndexOf('/')));
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
                    .image();
        } catch (BadZnodeException e) {
            throw new AssertionError(e);
        }
    }

    private TopicImage loadTopic(String name) throws BadZnodeException {
        Node node = nodes.get(TopicZnode.path(name));
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
