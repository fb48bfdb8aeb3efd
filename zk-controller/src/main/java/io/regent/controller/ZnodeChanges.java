package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterDelta;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import io.regent.metadata.ZnodeCopy;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.FeatureZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.ProducerIdBlockZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/** What ZooKeeper must hold after a step, topic by topic and partition by partition. Pure. */
final class ZnodeChanges {

    private ZnodeChanges() {}

    /** What a topic that exists after the step needs before its partitions are written. */
    static List<Write> ofTopic(TopicImage after, ClusterDelta delta) {
        List<Write> writes = new ArrayList<>();
        String name = after.name();
        Optional<TopicImage> before = delta.before().topic(name);
        if (before.isEmpty()) {
            // A configuration may have been left behind by a topic of this name, or set in advance.
            writes.add(new Write.Put(ConfigZnode.topicPath(name), ConfigZnode.encode(after.config())));
            writes.add(new Write.Create(TopicZnode.path(name), encode(after)));
            writes.add(new Write.Create(PartitionStateZnode.partitionsPath(name), new byte[0]));
        } else {
            if (before.get().version() != after.version()) {
                writes.add(new Write.Set(
                        TopicZnode.path(name), encode(after), before.get().version()));
            }
            if (!hasAnyState(before.get()) && hasAnyState(after)) {
                writes.add(new Write.Ensure(PartitionStateZnode.partitionsPath(name)));
            }
        }
        if (delta.after().isBeingDeleted(name) && !delta.before().isBeingDeleted(name)) {
            writes.add(new Write.Ensure(DeleteTopicsZnode.path(name)));
        }
        return writes;
    }

    /**
     * What a partition needs that exists after the step.
     *
     * @param topicBefore its topic before the step; empty when the step creates it
     */
    static List<Write> ofPartition(Optional<TopicImage> topicBefore, TopicImage topic, int partition) {
        PartitionState before = stateIn(topicBefore, partition);
        PartitionState after = topic.state(partition);
        if (after.equals(before) || !after.exists()) {
            return List.of();
        }
        String path = PartitionStateZnode.path(topic.name(), partition);
        byte[] data = PartitionStateZnode.encode(after);
        if (before.exists()) {
            return List.of(new Write.Set(path, data, before.version()));
        }
        String parent = PartitionStateZnode.partitionPath(new PartitionId(topic.name(), partition));
        boolean topicIsNew = topicBefore.isEmpty();
        return List.of(
                // A controller that died between two writes may have left a partition without a state.
                topicIsNew ? new Write.Create(parent, new byte[0]) : new Write.Ensure(parent),
                new Write.Create(path, data));
    }

    /** The partition's state in a topic that may not exist. */
    static PartitionState stateIn(Optional<TopicImage> topic, int partition) {
        return topic.isPresent() ? topic.get().state(partition) : PartitionState.NONE;
    }

    /** What of a topic must go: all of it, or only a marker that means nothing, or came back. The marker goes last. */
    static List<Write> deletes(String name, ClusterDelta delta) {
        boolean topicBefore = delta.before().topic(name).isPresent();
        boolean topicAfter = delta.after().topic(name).isPresent();
        boolean topicGoes = topicBefore && !topicAfter;
        boolean markerGoes =
                delta.before().isBeingDeleted(name) && !delta.after().isBeingDeleted(name);
        boolean markerIsSwept = !topicBefore
                && !topicAfter
                && delta.before().isBeingDeleted(name)
                && delta.after().isBeingDeleted(name);
        List<Write> writes = new ArrayList<>();
        if (topicGoes) {
            writes.add(new Write.DeleteTree(TopicZnode.path(name)));
        }
        if (topicGoes || (markerGoes && !topicAfter)) {
            writes.add(new Write.DeleteTree(ConfigZnode.topicPath(name)));
        }
        if (topicGoes || markerGoes || markerIsSwept) {
            writes.add(new Write.DeleteTree(DeleteTopicsZnode.path(name)));
        }
        return writes;
    }

    /** What {@code /admin/reassign_partitions} must hold; nothing when it holds that already. */
    static List<Write> ofOrders(ClusterDelta delta) {
        Optional<SortedMap<PartitionId, Replicas>> after = delta.after().reassignmentOrders();
        if (after.equals(delta.before().reassignmentOrders())) {
            return List.of();
        }
        String path = ReassignPartitionsZnode.PATH;
        return List.of(after.<Write>map(orders -> new Write.Put(path, ReassignPartitionsZnode.encode(orders)))
                .orElseGet(() -> new Write.DeleteTree(path)));
    }

    /** What {@code /latest_producer_id_block} and {@code /feature} must hold; nothing where they hold that already. */
    static List<Write> ofLedger(ClusterDelta delta) {
        List<Write> writes = new ArrayList<>();
        writes.addAll(ofCopy(
                ProducerIdBlockZnode.PATH,
                delta.before().producerIds(),
                delta.after().producerIds(),
                ProducerIdBlockZnode::encode));
        writes.addAll(ofCopy(
                FeatureZnode.PATH, delta.before().features(), delta.after().features(), FeatureZnode::encode));
        return writes;
    }

    private static <T> List<Write> ofCopy(
            String path, ZnodeCopy<T> before, ZnodeCopy<T> after, Function<T, byte[]> encoder) {
        if (after.equals(before)) {
            return List.of();
        }
        byte[] data = encoder.apply(after.content().orElseThrow());
        return List.of(before.exists() ? new Write.Set(path, data, before.version()) : new Write.Create(path, data));
    }

    /** How many bytes the topic's znode has. */
    static int topicBytes(TopicImage topic) {
        return encode(topic).length;
    }

    private static byte[] encode(TopicImage topic) {
        Assignment[] assignments = new Assignment[topic.partitionCount()];
        for (int number = 0; number < assignments.length; number++) {
            assignments[number] = topic.assignment(number);
        }
        return TopicZnode.encode(topic.id(), assignments);
    }

    private static boolean hasAnyState(TopicImage topic) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (topic.state(number).exists()) {
                return true;
            }
        }
        return false;
    }
}
