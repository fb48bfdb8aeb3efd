package io.regent.controller.sim;

import io.regent.controller.zk.ZkFailure;
import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.TopicZnode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/** Whoever writes znodes by hand: tools that order something, old tools that make topics, and those who write garbage. */
final class Meddler {

    private static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);
    private static final int LONGEST_GARBAGE_MS = 6_000;

    private final SimWorld world;
    private final SimClock clock;
    private final Targets targets;
    private final List<Runnable> mends = new ArrayList<>();

    Meddler(SimWorld world, Targets targets) {
        this.world = world;
        this.clock = world.clock();
        this.targets = targets;
    }

    void happen() {
        switch (clock.chance(7)) {
            case 0, 1 -> createTopic(targets.topic());
            case 2 -> expandTopic();
            case 3 -> corrupt(TopicZnode.path(targets.topic()));
            case 4 -> corrupt(PartitionStateZnode.path(targets.partition()));
            case 5 -> corrupt(clock.oneIn(2) ? ControllerEpochZnode.PATH : ControllerZnode.PATH);
            default -> garbageAmongBrokers();
        }
    }

    void mendAll() {
        mends.forEach(Runnable::run);
        mends.clear();
    }

    private void write(Op op) {
        try {
            world.zooKeeper().meddle(List.of(op));
        } catch (ZkFailure refused) {
            world.trace().add("  refused: " + refused.getMessage());
        }
    }

    private static Op create(String path, byte[] data) {
        return Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    void orderDeletion() {
        String topic = targets.topic();
        world.trace().add("a tool orders the deletion of " + topic);
        world.witness().deletionIsAsked(topic);
        write(create(DeleteTopicsZnode.path(topic), null));
    }

    void orderReassignment() {
        PartitionId partition = targets.partition();
        Replicas target = targets.brokers();
        world.trace().add("a tool orders " + partition + " to be moved to " + target);
        world.witness().targetIsAsked(partition, target);
        write(create(
                ReassignPartitionsZnode.PATH,
                ReassignPartitionsZnode.encode(new TreeMap<>(Map.of(partition, target)))));
    }

    void removeController() {
        world.trace().add("a tool deletes /controller");
        write(Op.delete(ControllerZnode.PATH, -1));
    }

    void createTopic(String topic) {
        Assignment[] assignments = new Assignment[1 + clock.chance(Targets.MAX_PARTITIONS)];
        Arrays.setAll(assignments, number -> Assignment.of(targets.brokers()));
        world.trace().add("a tool creates " + topic);
        write(create(TopicZnode.path(topic), TopicZnode.encode(new TopicId(targets.nextTopicId(), 2), assignments)));
    }

    private void expandTopic() {
        String topic = targets.topic();
        world.witness().topic(topic).ifPresent(content -> {
            int before = content.assignments().length;
            Assignment[] assignments = Arrays.copyOf(content.assignments(), before + 1);
            assignments[before] = Assignment.of(targets.brokers());
            world.trace().add("a tool expands " + topic);
            write(Op.setData(TopicZnode.path(topic), TopicZnode.encode(content.id(), assignments), -1));
        });
    }

    /** Writes garbage over a znode; some time later somebody puts back what was there, if it still is garbage. */
    private void corrupt(String path) {
        Optional<SimTree.Node> before = world.zooKeeper().agreed().get(path);
        boolean isGarbage =
                before.map(node -> Arrays.equals(node.data(), GARBAGE)).orElse(true);
        if (isGarbage) {
            return;
        }
        world.trace().add("somebody writes garbage into " + path);
        write(Op.setData(path, GARBAGE, -1));
        int written = before.get().version() + 1;
        Runnable mend = () -> world.zooKeeper()
                .agreed()
                .get(path)
                .filter(node -> Arrays.equals(node.data(), GARBAGE)
                        && node.version() == written
                        && node.czxid() == before.get().czxid())
                .ifPresent(node -> {
                    world.trace().add("somebody mends " + path);
                    write(Op.setData(path, before.get().data(), -1));
                });
        mends.add(mend);
        clock.after(clock.chance(LONGEST_GARBAGE_MS), mend);
    }

    private void garbageAmongBrokers() {
        String path = BrokerZnode.path(99);
        world.trace().add("somebody writes garbage into " + path);
        write(create(path, GARBAGE));
        clock.after(clock.chance(LONGEST_GARBAGE_MS), () -> write(Op.delete(path, -1)));
    }
}
