package io.regent.cli;

import io.regent.metadata.Assignment;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/**
 * Writes many topics into ZooKeeper whose replicas are on brokers that do not exist: whoever may rule reads them and tells
 * brokers of them, and nobody has to store them. So the JVM archives profiles of what a large cluster asks of a controller.
 *
 * <p>Used once, by one thread.
 */
final class WarmUpCrowd {
    private static final int TOPICS = 60;
    private static final int PARTITIONS = 50;
    private static final int FIRST_BROKER = 901;
    private static final int BROKERS = 5;
    private static final byte[] NO_DATA = null;

    private WarmUpCrowd() {}

    static void write(ZooKeeper zooKeeper) throws InterruptedException {
        try {
            for (int topic = 0; topic < TOPICS; topic++) {
                zooKeeper.multi(topic("warm-up-crowd-" + topic, randomId()));
            }
        } catch (KeeperException e) {
            throw new CommandFailure("cannot warm up: " + e.getMessage(), e);
        }
    }

    /** As controllers make them: the order of ids that are counted would have the compiler leave out what hashing needs. */
    private static TopicId randomId() {
        Uuid id = Uuid.randomUuid();
        return new TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private static List<Op> topic(String name, TopicId id) {
        Assignment[] assignments = new Assignment[PARTITIONS];
        for (int p = 0; p < PARTITIONS; p++) {
            assignments[p] = Assignment.of(Replicas.of(broker(p), broker(p + 1), broker(p + 2)));
        }
        List<Op> ops = new ArrayList<>();
        create(ops, ConfigZnode.topicPath(name), ConfigZnode.encode(Map.of()));
        create(ops, TopicZnode.path(name), TopicZnode.encode(id, assignments));
        create(ops, PartitionStateZnode.partitionsPath(name), NO_DATA);
        for (int p = 0; p < PARTITIONS; p++) {
            PartitionId partition = new PartitionId(name, p);
            create(ops, PartitionStateZnode.partitionPath(partition), NO_DATA);
            create(
                    ops,
                    PartitionStateZnode.path(partition),
                    PartitionStateZnode.encode(new PartitionState(
                            PartitionState.NO_LEADER, 0, Replicas.of(broker(p)), LeaderRecovery.RECOVERED, 0, 0)));
        }
        return ops;
    }

    private static int broker(int number) {
        return FIRST_BROKER + number % BROKERS;
    }

    private static void create(List<Op> ops, String path, byte[] data) {
        ops.add(Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
    }
}
