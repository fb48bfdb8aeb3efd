package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.ZooKeeperView;
import io.regent.metadata.znode.ControllerZnode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.zookeeper.KeeperException;
import org.awaitility.Awaitility;

/**
 * A cluster whose brokers are partly Regent's and partly Apache Kafka's, on one ZooKeeper.
 *
 * <p>One thread. Everything of it is gone after {@link #close}.
 */
final class MixedCluster implements AutoCloseable {

    /** Short sessions, so that a test waits for none, and no leader moves unless the test says so. */
    private static final Map<String, String> SETTINGS = Map.of(
            "zookeeper.session.timeout.ms", "6000",
            "replica.lag.time.max.ms", "10000",
            "auto.leader.rebalance.enable", "false");

    private final MixedLauncher launcher;
    private final ItCluster cluster;

    private MixedCluster(MixedLauncher launcher, ItCluster cluster) {
        this.launcher = launcher;
        this.cluster = cluster;
    }

    /** Starts ZooKeeper, then this broker, which therefore rules, then the others. */
    static MixedCluster ruledBy(int controller, int brokers, MixedLauncher launcher, Map<String, String> more)
            throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.putAll(more);
        ItCluster started = ItCluster.startZooKeeperFor(brokers, settings, launcher);
        MixedCluster mixed = new MixedCluster(launcher, started);
        try {
            started.startBroker(controller);
            started.awaitServing(controller);
            for (NodeName other : started.local().brokers()) {
                if (other.brokerId() != controller) {
                    started.local().start(other);
                }
            }
            started.readiness().awaitBrokers(started.local().brokers());
            assertThat(started.controller().brokerId()).isEqualTo(controller);
            return mixed;
        } catch (RuntimeException | AssertionError e) {
            mixed.close();
            throw e;
        }
    }

    ItCluster nodes() {
        return cluster;
    }

    MixedLauncher launcher() {
        return launcher;
    }

    /** Deletes {@code /controller} again and again until this broker is the one that wins it. */
    void makeController(int broker) {
        try (ZooKeeperView view = cluster.zooKeeper()) {
            Awaitility.await("broker " + broker + " rules")
                    .atMost(ItCluster.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> rulesElseDeposed(view, broker));
        }
    }

    private static boolean rulesElseDeposed(ZooKeeperView view, int broker) throws InterruptedException {
        ControllerSeat seat = view.controller();
        if (seat.taken() && seat.brokerId() != broker) {
            try {
                view.handle().delete(ControllerZnode.PATH, -1);
            } catch (KeeperException e) {
                return false;
            }
        }
        return seat.brokerId() == broker;
    }

    int portOf(int broker) {
        return cluster.local().portOf(NodeName.broker(broker));
    }

    private Path dataOf(int broker) {
        return cluster.local().files().log(NodeName.broker(broker)).getParent().resolveSibling("data");
    }

    /** The directories of a topic's partitions in a broker's log directory, without those that wait to be removed. */
    List<String> logsOf(int broker, String topic) throws IOException {
        try (Stream<Path> entries = Files.list(dataOf(broker))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.startsWith(topic + "-") && !name.endsWith("-delete"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Lines of a broker's log that report an error, except for the one by which a leader of Kafka's tells that a batch
     * reached it before the one that its former leader still had to refuse; the producer sends both again.
     */
    List<String> errorsOf(int broker) throws IOException {
        return cluster.logOf(broker)
                .lines()
                .filter(line -> line.contains("] ERROR ") || line.contains("] FATAL "))
                .filter(line -> !line.contains("Error processing append operation on partition"))
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
