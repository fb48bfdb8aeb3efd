package io.regent.it;

import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.Ports;
import io.regent.cli.node.RegentLauncher;
import io.regent.cli.node.Signal;
import io.regent.cli.node.ZooKeeperView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/**
 * A cluster of Regent brokers and their ZooKeeper, each a process of its own, that a test may kill, pause and restart.
 *
 * <p>One thread. Everything of it is gone after {@link #close}.
 */
final class ItCluster implements AutoCloseable {

    /** Two cores may be busy with other tests' processes. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ZOOKEEPER_TIMEOUT_MS = 20_000;

    private final LocalCluster cluster;

    private ItCluster(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts ZooKeeper and this many brokers and waits until each serves; settings go to every broker. */
    static ItCluster start(int brokers, Map<String, String> settings) throws IOException {
        ItCluster cluster = startZooKeeperFor(brokers, settings, new RegentLauncher());
        try {
            cluster.local().brokers().forEach(cluster.local()::start);
            cluster.readiness().awaitBrokers(cluster.local().brokers());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts ZooKeeper only, for this many brokers that the test starts one by one. */
    static ItCluster startZooKeeperFor(int brokers, Map<String, String> settings, NodeLauncher launcher)
            throws IOException {
        Path directory = Files.createTempDirectory("regent-it-");
        List<Integer> ports = Ports.free(brokers + 1);
        SortedMap<Integer, Integer> brokerPorts = new TreeMap<>();
        for (int id = 1; id <= brokers; id++) {
            brokerPorts.put(id, ports.get(id));
        }
        Map<String, String> overrides = new HashMap<>(Map.of("offsets.topic.num.partitions", "5"));
        overrides.putAll(settings);
        ClusterState state = new ClusterState(ports.get(0), brokerPorts, Map.of());
        LocalCluster local = new LocalCluster(new ClusterFiles(directory), launcher, state);
        local.writeProperties(overrides);
        ItCluster cluster = new ItCluster(local);
        try {
            local.start(NodeName.ZOOKEEPER);
            cluster.readiness().awaitZooKeeper();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    LocalCluster local() {
        return cluster;
    }

    String bootstrap() {
        return cluster.bootstrap();
    }

    ZooKeeperView zooKeeper() {
        return ZooKeeperView.connect(cluster.zooKeeperConnect(), ZOOKEEPER_TIMEOUT_MS);
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    ControllerSeat controller() {
        try (ZooKeeperView view = zooKeeper()) {
            return view.controller();
        }
    }

    /** Waits until a controller with a higher epoch rules. */
    ControllerSeat awaitControllerAfter(int epoch) {
        try (ZooKeeperView view = zooKeeper()) {
            return Awaitility.await("a controller with an epoch over " + epoch)
                    .atMost(PATIENCE)
                    .until(view::controller, seat -> seat.taken() && seat.epoch() > epoch);
        }
    }

    void kill(int broker) {
        cluster.signal(NodeName.broker(broker), Signal.KILL);
        cluster.awaitEnd(NodeName.broker(broker), PATIENCE.toMillis());
    }

    /** A controlled shutdown, to its end. */
    void shutDown(int broker) {
        cluster.signal(NodeName.broker(broker), Signal.TERM);
        cluster.awaitEnd(NodeName.broker(broker), PATIENCE.toMillis());
    }

    void signal(int broker, Signal signal) {
        cluster.signal(NodeName.broker(broker), signal);
    }

    void startBroker(int broker) {
        cluster.start(NodeName.broker(broker));
    }

    void awaitServing(Integer... brokers) {
        readiness().awaitBrokers(List.of(brokers).stream().map(NodeName::broker).toList());
    }

    void stopZooKeeper() {
        cluster.signal(NodeName.ZOOKEEPER, Signal.KILL);
        cluster.awaitEnd(NodeName.ZOOKEEPER, PATIENCE.toMillis());
    }

    void startZooKeeper() {
        cluster.start(NodeName.ZOOKEEPER);
        readiness().awaitZooKeeper();
    }

    Readiness readiness() {
        return new Readiness(cluster, PATIENCE.toMillis());
    }

    @Override
    public void close() {
        cluster.kill();
        cluster.purge();
    }
}
