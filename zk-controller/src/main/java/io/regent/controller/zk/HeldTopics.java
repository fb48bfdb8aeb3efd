package io.regent.controller.zk;

import io.regent.controller.Event.ObservedTopic;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The topics as they were read last, in an image without brokers and orders, and which of their znodes nobody can read.
 * Session's thread only; it reads nothing itself.
 *
 * <p>Whatever it learns to exist and has not read is marked: each partition's state is as ZooKeeper holds it, or marked.
 */
final class HeldTopics {

    private final BadZnodes badZnodes;
    private final Marks marks;
    private final Supplier<TopicId> newId;
    private final SortedMap<String, String> unreadable = new TreeMap<>();
    private SortedMap<String, Map<String, String>> changedConfigs = new TreeMap<>();
    private ClusterImage image = ClusterImage.EMPTY;

    /**
     * @param marks where what is to be read next is marked
     * @param newId makes the ids that are proposed for topics without one
     */
    HeldTopics(BadZnodes badZnodes, Marks marks, Supplier<TopicId> newId) {
        this.badZnodes = badZnodes;
        this.marks = marks;
        this.newId = newId;
    }

    ClusterImage image() {
        return image;
    }

    /** The znodes that nobody can read, each with its reason; what they belong to is in the image, marked as unreadable. */
    List<String> unreadable() {
        return List.copyOf(unreadable.values());
    }

    /** The overrides that were not as they were held, of topics that were known, since this was asked last. */
    SortedMap<String, Map<String, String>> takeChangedConfigs() {
        SortedMap<String, Map<String, String>> taken = changedConfigs;
        if (!taken.isEmpty()) {
            changedConfigs = new TreeMap<>();
        }
        return taken;
    }

    boolean isUnreadable(String path) {
        return unreadable.containsKey(path);
    }

    /** An id for each topic that lacks one, except where the topic's znode cannot be read and so must not be written. */
    SortedMap<String, TopicId> idsForTopicsWithoutOne() {
        SortedMap<String, TopicId> ids = new TreeMap<>();
        for (TopicImage topic : image.topics()) {
            if (!topic.id().isPresent() && !isUnreadable(TopicZnode.path(topic.name()))) {
                ids.put(topic.name(), newId.get());
            }
        }
        return ids;
    }

    /** These, and no others, are the topics that there are: new ones are marked, and those that are gone are dropped. */
    List<ObservedTopic> namesRead(List<String> names) {
        Set<String> found = new HashSet<>(names);
        List<ObservedTopic> observed = new ArrayList<>();
        ImageEditor editor = image.edit();
        for (TopicImage held : image.topics()) {
            if (!found.contains(held.name())) {
                observed.add(drop(editor, held));
            }
        }
        image = editor.image();
        for (String name : found) {
            if (image.topic(name).isEmpty()) {
                marks.markTopic(name);
            }
        }
        return observed;
    }

    /**
     * Takes in what was read of topics.
     *
     * @param read the topics' znodes, in the order of the names, then their configurations
     * @return what can be read and is not as it was held, and what nobody can read and was not held; those that
     *     {@code always} names in any case
     */
    List<ObservedTopic> topicsRead(List<String> names, List<Optional<Znode>> read, Set<String> always) {
        List<ObservedTopic> observed = new ArrayList<>();
        ImageEditor editor = image.edit();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Optional<TopicImage> held = image.topic(name);
            Optional<Znode> znode = read.get(i);
            if (znode.isEmpty()) {
                held.ifPresent(gone -> observed.add(drop(editor, gone)));
            } else {
                TopicImage seen = topic(editor, name, held, znode.get(), read.get(names.size() + i));
                boolean isNews = isUnreadable(znode.get().path()) ? held.isEmpty() : !isSameZnode(held, seen);
                if (isNews || always.contains(name)) {
                    observed.add(observed(name, held, Optional.of(seen)));
                }
            }
        }
        image = editor.image();
        return observed;
    }

    private ObservedTopic drop(ImageEditor editor, TopicImage held) {
        String path = TopicZnode.path(held.name());
        editor.removeTopic(held.name());
        marks.forget(held.name());
        readable(path);
        readable(ConfigZnode.topicPath(held.name()));
        forgetUnreadableStates(path, Set.of());
        return observed(held.name(), Optional.of(held), Optional.empty());
    }

    /** States that belong to no partition are nothing that anybody would read. */
    private void forgetUnreadableStates(String topicPath, Set<String> except) {
        // '0' follows '/' in ASCII, so that this is all that is below the path.
        List<String> below =
                List.copyOf(unreadable.subMap(topicPath + "/", topicPath + "0").keySet());
        below.stream().filter(path -> !except.contains(path)).forEach(this::readable);
    }

    private static Set<String> statePaths(TopicImage topic) {
        return IntStream.range(0, topic.partitionCount())
                .filter(topic::hasPartition)
                .mapToObj(number -> PartitionStateZnode.path(new PartitionId(topic.name(), number)))
                .collect(Collectors.toSet());
    }

    private ObservedTopic observed(String name, Optional<TopicImage> held, Optional<TopicImage> seen) {
        TopicId before = held.map(TopicImage::id).orElse(TopicId.NONE);
        TopicId proposed = isUnreadable(TopicZnode.path(name)) ? TopicId.NONE : newId.get();
        return new ObservedTopic(name, before, seen, proposed);
    }

    private static boolean isSameZnode(Optional<TopicImage> held, TopicImage seen) {
        return held.filter(before -> before.version() == seen.version()
                        && before.id().equals(seen.id())
                        && assignmentsEqual(before, seen))
                .isPresent();
    }

    private static boolean assignmentsEqual(TopicImage one, TopicImage other) {
        if (one.partitionCount() != other.partitionCount()) {
            return false;
        }
        for (int partition = 0; partition < one.partitionCount(); partition++) {
            if (!one.assignment(partition).equals(other.assignment(partition))) {
                return false;
            }
        }
        return true;
    }

    /** The topic as its znodes hold it, without states. */
    private TopicImage topic(
            ImageEditor editor, String name, Optional<TopicImage> held, Znode znode, Optional<Znode> config) {
        try {
            TopicZnode.Content content = TopicZnode.decode(name, znode.data());
            readable(znode.path());
            TopicImage seen = of(name, content, overrides(name, config), znode.version(), Optional.empty());
            TopicImage next = held.isEmpty() ? seen : of(name, content, seen.config(), znode.version(), held);
            if (held.filter(next::equals).isEmpty()) {
                editor.putTopic(next);
                held.filter(before -> !before.config().equals(next.config()))
                        .ifPresent(before -> changedConfigs.put(name, next.config()));
                markNewPartitions(next, held);
            }
            if (!unreadable.isEmpty()) {
                forgetUnreadableStates(znode.path(), statePaths(next));
            }
            return seen;
        } catch (BadZnodeException e) {
            report(e);
            TopicImage unreadable = TopicImage.unreadable(name, znode.version());
            editor.putTopic(unreadable);
            marks.forget(name);
            forgetUnreadableStates(znode.path(), Set.of());
            return unreadable;
        }
    }

    private static TopicImage of(
            String name,
            TopicZnode.Content content,
            Map<String, String> config,
            int version,
            Optional<TopicImage> statesOf) {
        Assignment[] assignments = content.assignments();
        PartitionState[] states = new PartitionState[assignments.length];
        for (int partition = 0; partition < states.length; partition++) {
            states[partition] = statesOf.isPresent() && assignments[partition].exists()
                    ? statesOf.get().state(partition)
                    : PartitionState.NONE;
        }
        return TopicImage.of(name, content.id(), config, version, assignments, states);
    }

    private void markNewPartitions(TopicImage topic, Optional<TopicImage> held) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            boolean isKnown = held.isPresent() && held.get().hasPartition(number);
            if (topic.hasPartition(number) && !isKnown) {
                marks.markState(topic.name(), number);
            }
        }
    }

    /** A topic without a configuration has no overrides; one whose configuration cannot be read has none either. */
    private Map<String, String> overrides(String topic, Optional<Znode> config) {
        String path = ConfigZnode.topicPath(topic);
        try {
            Map<String, String> overrides = config.isEmpty()
                    ? Map.of()
                    : ConfigZnode.decode(path, config.get().data());
            readable(path);
            return overrides;
        } catch (BadZnodeException e) {
            report(e);
            return Map.of();
        }
    }

    /** Takes in what was read of topics' configurations, in the order of the names. */
    void configsRead(List<String> names, List<Optional<Znode>> read) {
        ImageEditor editor = image.edit();
        for (int i = 0; i < names.size(); i++) {
            Optional<TopicImage> held = image.topic(names.get(i));
            if (held.isPresent() && !isUnreadable(TopicZnode.path(names.get(i)))) {
                Map<String, String> overrides = overrides(names.get(i), read.get(i));
                if (!overrides.equals(held.get().config())) {
                    editor.setTopicConfig(names.get(i), overrides);
                    changedConfigs.put(names.get(i), overrides);
                }
            }
        }
        image = editor.image();
    }

    /** Takes in what was read of partitions' states, in the order of the partitions. */
    void statesRead(List<PartitionId> partitions, List<Optional<Znode>> read) {
        ImageEditor editor = image.edit();
        for (int i = 0; i < partitions.size(); i++) {
            PartitionId partition = partitions.get(i);
            if (image.assignment(partition).exists()) {
                PartitionState state = state(partition, read.get(i));
                if (!state.equals(image.state(partition))) {
                    editor.setState(partition, state);
                }
            }
        }
        image = editor.image();
    }

    private PartitionState state(PartitionId partition, Optional<Znode> znode) {
        try {
            PartitionState state = znode.isEmpty()
                    ? PartitionState.NONE
                    : PartitionStateZnode.decode(
                            partition, znode.get().data(), znode.get().version());
            if (!unreadable.isEmpty()) {
                readable(PartitionStateZnode.path(partition));
            }
            return state;
        } catch (BadZnodeException e) {
            report(e);
            return PartitionState.UNREADABLE;
        }
    }

    /** The partitions whose state nobody can read. */
    List<PartitionId> unreadableStates() {
        if (unreadable.isEmpty()) {
            return List.of();
        }
        return image.topics().stream()
                .flatMap(topic -> IntStream.range(0, topic.partitionCount())
                        .filter(number -> topic.state(number).isUnreadable())
                        .mapToObj(number -> new PartitionId(topic.name(), number)))
                .toList();
    }

    private void report(BadZnodeException bad) {
        badZnodes.report(bad);
        unreadable.put(bad.path(), bad.getMessage());
    }

    private void readable(String path) {
        if (unreadable.remove(path) != null) {
            badZnodes.mended(path);
        }
    }
}
