package io.regent.broker;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.curator.utils.CloseableUtils;
import org.apache.kafka.clients.admin.Admin;

/**
 * A cluster of brokers over a real ZooKeeper, which end with the test. All clusters share one ZooKeeper server, each in a
 * chroot of its own.
 */
final class TestCluster implements AutoCloseable {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    private static TestingServer zooKeeper;

    private final Path dir;
    private final String zooKeeperConnect;
    private final Deque<BrokerServer> running = new ArrayDeque<>();

    /** @param dir where the nodes have their logs */
    TestCluster(Path dir) throws Exception {
        this.dir = dir;
        this.zooKeeperConnect = zooKeeper().getConnectString() + "/cluster" + CLUSTERS.incrementAndGet();
    }

    private static synchronized TestingServer zooKeeper() throws Exception {
        if (zooKeeper == null) {
            TestingServer started = new TestingServer(InstanceSpec.newInstanceSpec(), true);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> CloseableUtils.closeQuietly(started)));
            zooKeeper = started;
        }
        return zooKeeper;
    }

    BrokerServer start(int id) {
        return start(id, Map.of());
    }

    BrokerServer start(int id, Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "broker.id", Integer.toString(id),
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "log.dirs", logs(id).toString(),
                "zookeeper.connect", zooKeeperConnect,
                "zookeeper.session.timeout.ms", "6000",
                "offsets.topic.num.partitions", "3",
                "offsets.topic.replication.factor", "1",
                "group.initial.rebalance.delay.ms", "0",
                "log.cleaner.dedupe.buffer.size", "2097152"));
        properties.putAll(overrides);
        BrokerServer node = BrokerServer.start(BrokerConfig.fromMap(properties));
        running.push(node);
        return node;
    }

    /** Where a node has its logs, unless they were overridden. */
    Path logs(int id) {
        return dir.resolve("logs-" + id);
    }

    /** Where clients reach a node, as {@code host:port}. */
    static String address(BrokerServer node) {
        return node.listeners().get(0).replace("PLAINTEXT://", "");
    }

    static Admin admin(BrokerServer node) {
        return Admin.create(Map.of("bootstrap.servers", address(node)));
    }

    /** Shuts down what still runs, the last first. */
    @Override
    public void close() {
        running.forEach(BrokerServer::shutdown);
    }
}
