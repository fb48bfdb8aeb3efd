package io.regent.controller.zk;

import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Reads all topics: their names, then their assignments and configurations, then the states of their partitions, each in
 * batches with several in flight. What cannot be read is reported and marked in the image, and hides nothing else. Session's
 * thread only.
 */
final class ClusterLoader {

    /** So that a batch of znodes of 1 MB each, the most ZooKeeper takes, still fits {@link ZkSession#MAX_REPLY_BYTES}. */
    private static final int TOPIC_BATCH = 100;

    /** States have some 100 bytes each; larger batches were no faster. */
    private static final int STATE_BATCH = 500;

    private final BadZnodes badZnodes;
    private final int maxInFlight;

    /**
     * What was read.
     *
     * @param unreadable the znodes that nobody could read; what they belong to is in the topics, marked as unreadable
     */
    record Topics(List<TopicImage> topics, List<BadZnodeException> unreadable) {}

    /** A topic while its states are being read. */
    private static final class Draft {
        private final String name;
        private final int version;
        private final TopicZnode.Content content;
        private final Map<String, String> config;
        private final PartitionState[] states;

        Draft(String name, int version, TopicZnode.Content content, Map<String, String> config) {
            this.name = name;
            this.version = version;
            this.content = content;
            this.config = config;
            this.states = new PartitionState[content.assignments().length];
            Arrays.fill(states, PartitionState.NONE);
        }
    }

    private record Slot(Draft topic, int partition) {}

    /** One loading: what it has found so far. */
    private final class Loading {
        private final ZkHandle handle;
        private final SortedMap<String, Draft> drafts = new TreeMap<>();
        private final List<TopicImage> unreadableTopics = new ArrayList<>();
        private final List<BadZnodeException> unreadable = new ArrayList<>();

        Loading(ZkHandle handle) {
            this.handle = handle;
        }

        CompletableFuture<Boolean> topics(List<String> names) {
            List<String> paths = new ArrayList<>(2 * names.size());
            names.forEach(name -> paths.add(TopicZnode.path(name)));
            names.forEach(name -> paths.add(ConfigZnode.topicPath(name)));
            return handle.readAll(paths).thenApply(read -> {
                for (int i = 0; i < names.size(); i++) {
                    draft(names.get(i), read.get(i), read.get(names.size() + i));
                }
                return true;
            });
        }

        /** A topic that is gone since its name was read is no topic; one without a configuration has no overrides. */
        private void draft(String name, Optional<Znode> topic, Optional<Znode> config) {
            if (topic.isEmpty()) {
                return;
            }
            try {
                TopicZnode.Content content = TopicZnode.decode(name, topic.get().data());
                badZnodes.mended(topic.get().path());
                drafts.put(name, new Draft(name, topic.get().version(), content, overrides(name, config)));
            } catch (BadZnodeException e) {
                unreadableTopics.add(TopicImage.unreadable(name, topic.get().version()));
                report(e);
            }
        }

        private Map<String, String> overrides(String topic, Optional<Znode> config) {
            String path = ConfigZnode.topicPath(topic);
            try {
                Map<String, String> overrides = config.isEmpty()
                        ? Map.of()
                        : ConfigZnode.decode(path, config.get().data());
                badZnodes.mended(path);
                return overrides;
            } catch (BadZnodeException e) {
                report(e);
                return Map.of();
            }
        }

        private void report(BadZnodeException bad) {
            badZnodes.report(bad);
            unreadable.add(bad);
        }

        CompletableFuture<Topics> states() {
            List<Slot> slots = new ArrayList<>();
            for (Draft draft : drafts.values()) {
                Assignment[] assignments = draft.content.assignments();
                for (int partition = 0; partition < assignments.length; partition++) {
                    if (assignments[partition].exists()) {
                        slots.add(new Slot(draft, partition));
                    }
                }
            }
            return Calls.pipeline(WriteExpansion.batches(slots, STATE_BATCH), maxInFlight, this::states)
                    .thenApply(done -> result());
        }

        private CompletableFuture<Boolean> states(List<Slot> slots) {
            List<String> paths = new ArrayList<>(slots.size());
            slots.forEach(slot -> paths.add(PartitionStateZnode.path(partition(slot))));
            return handle.readAll(paths).thenApply(read -> {
                for (int i = 0; i < slots.size(); i++) {
                    Slot slot = slots.get(i);
                    read.get(i).ifPresent(znode -> state(slot, znode));
                }
                return true;
            });
        }

        private void state(Slot slot, Znode znode) {
            try {
                slot.topic().states[slot.partition()] =
                        PartitionStateZnode.decode(partition(slot), znode.data(), znode.version());
                badZnodes.mended(znode.path());
            } catch (BadZnodeException e) {
                slot.topic().states[slot.partition()] = PartitionState.UNREADABLE;
                report(e);
            }
        }

        private Topics result() {
            List<TopicImage> topics = new ArrayList<>(unreadableTopics);
            for (Draft draft : drafts.values()) {
                topics.add(TopicImage.of(
                        draft.name,
                        draft.content.id(),
                        draft.config,
                        draft.version,
                        draft.content.assignments(),
                        draft.states));
            }
            return new Topics(topics, List.copyOf(unreadable));
        }
    }

    ClusterLoader(BadZnodes badZnodes, int maxInFlight) {
        this.badZnodes = badZnodes;
        this.maxInFlight = maxInFlight;
    }

    private static PartitionId partition(Slot slot) {
        return new PartitionId(slot.topic().name, slot.partition());
    }

    CompletableFuture<Topics> load(ZkHandle handle) {
        Loading loading = new Loading(handle);
        return handle.children(TopicZnode.PARENT)
                .thenCompose(names ->
                        Calls.pipeline(WriteExpansion.batches(names, TOPIC_BATCH / 2), maxInFlight, loading::topics))
                .thenCompose(done -> loading.states());
    }
}
