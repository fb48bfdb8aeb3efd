package io.regent.cli.bench;

import io.regent.metadata.Assignment;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.znode.ClusterIdZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import io.regent.metadata.znode.FeatureZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.PersistentZnodes;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * Writes a cluster into an empty ZooKeeper, as Kafka 3.9 leaves it: topics with ids, assignments, states and configurations.
 *
 * <p>One thread.
 */
final class Filler {
    /** A request of a client may have 1 MB ({@code jute.maxbuffer}); a state's create takes some 250 bytes. */
    private static final int MULTI_BYTES = 300_000;

    private static final int OP_BYTES = 100;
    private static final int WINDOW = 8;
    private static final int FIRST_EPOCH = 0;
    private static final byte[] NO_DATA = null;

    private final Catalog catalog;
    private final InFlight calls;
    private final ZooKeeperClient client;
    private List<Op> batch = new ArrayList<>();
    private int batchBytes;

    Filler(Catalog catalog, ZooKeeperClient client) {
        this.catalog = catalog;
        this.client = client;
        this.calls = new InFlight(client, WINDOW);
    }

    /** Writes all topics of the catalog. */
    void fill() {
        PersistentZnodes.PATHS.forEach(path -> client.createPersistent(path, NO_DATA));
        client.createPersistent(ClusterIdZnode.PATH, ClusterIdZnode.encode("regent-benchmark-0000w"));
        client.createPersistent(
                FeatureZnode.PATH, FeatureZnode.encode(FinalizedFeatures.none(FinalizedFeatures.CURRENT_FORMAT, true)));
        for (Catalog.Topic topic : catalog.topics()) {
            fill(topic);
        }
        flush();
        calls.await();
    }

    private void fill(Catalog.Topic topic) {
        Assignment[] assignments = new Assignment[topic.partitions()];
        for (int p = 0; p < assignments.length; p++) {
            assignments[p] = Assignment.of(Replicas.of(catalog.replicas(topic.first() + p)));
        }
        create(ConfigZnode.path(EntityType.TOPICS, topic.name()), ConfigZnode.encode(Map.of()));
        create(TopicZnode.path(topic.name()), TopicZnode.encode(topic.id(), assignments));
        create(PartitionStateZnode.partitionsPath(topic.name()), NO_DATA);
        for (int p = 0; p < assignments.length; p++) {
            PartitionId partition = new PartitionId(topic.name(), p);
            Replicas replicas = assignments[p].replicas();
            create(PartitionStateZnode.partitionPath(partition), NO_DATA);
            create(
                    PartitionStateZnode.path(partition),
                    PartitionStateZnode.encode(PartitionState.first(replicas.get(0), replicas, FIRST_EPOCH)));
        }
    }

    private void create(String path, byte[] data) {
        batch.add(Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
        batchBytes += OP_BYTES + path.length() + (data == null ? 0 : data.length);
        if (batchBytes >= MULTI_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (!batch.isEmpty()) {
            calls.multi(batch, results -> {});
            batch = new ArrayList<>();
            batchBytes = 0;
        }
    }
}
