package io.regent.cli.compare;

import io.regent.cli.CleanUp;
import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.Ports;
import io.regent.cli.node.RegentLauncher;
import io.regent.cli.node.ZooKeeperConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/**
 * A ZooKeeper, and beside it one broker after the other, each in a cluster of its own under a path of that ZooKeeper.
 *
 * <p>One thread, and the one that ends the JVM. Leaves no process and no file behind, unless the JVM is killed.
 */
final class StartTrials implements AutoCloseable {
    private static final int START_TIMEOUT_MS = 60_000;

    private final Path directory;
    private final int partitions;
    private final long idleMs;
    private final int brokerPort;
    private final LocalCluster zooKeeper;
    private final Deque<LocalCluster> clusters = new ArrayDeque<>();
    private final CleanUp cleanUp;

    private StartTrials(Path directory, List<Integer> ports, int partitions, long idleMs) {
        this.directory = directory;
        this.partitions = partitions;
        this.idleMs = idleMs;
        this.brokerPort = ports.get(1);
        this.zooKeeper = new LocalCluster(
                new ClusterFiles(directory.resolve("zookeeper")),
                new RegentLauncher(),
                new ClusterState(ports.get(0), new TreeMap<>(), Map.of()));
        clusters.push(zooKeeper);
        this.cleanUp = new CleanUp("compare-cleanup", this::clear);
    }

    /**
     * Starts the ZooKeeper.
     *
     * @param partitions of the topic that a broker's second start finds
     * @param idleMs how long a broker idles before its memory is read
     */
    static StartTrials open(int partitions, long idleMs) {
        StartTrials trials = make(partitions, idleMs);
        try {
            trials.zooKeeper.writeProperties(Map.of());
            trials.zooKeeper.start(NodeName.ZOOKEEPER);
            new Readiness(trials.zooKeeper, START_TIMEOUT_MS).awaitZooKeeper();
            return trials;
        } catch (RuntimeException e) {
            trials.close();
            throw e;
        }
    }

    private static StartTrials make(int partitions, long idleMs) {
        try {
            return new StartTrials(Files.createTempDirectory("regent-compare-"), Ports.free(2), partitions, idleMs);
        } catch (IOException e) {
            throw new CommandFailure("cannot prepare the comparison: " + e.getMessage(), e);
        }
    }

    /** Starts a broker on an empty directory, and once more with a topic in it. */
    List<Measurement> run(Contestant contestant) {
        LocalCluster cluster = cleanUp.get(() -> newCluster(contestant));
        StartTrial trial = new StartTrial(cluster, idleMs);
        Measurement empty = trial.run(Measurement.Kind.EMPTY, () -> trial.createTopic(partitions));
        Measurement withTopic = trial.run(Measurement.Kind.WITH_TOPIC, () -> {});
        cleanUp.before(() -> {
            clusters.remove(cluster);
            cluster.purge();
        });
        return List.of(empty, withTopic);
    }

    private LocalCluster newCluster(Contestant contestant) {
        SortedMap<Integer, Integer> ports = new TreeMap<>(Map.of(StartTrial.BROKER.brokerId(), brokerPort));
        String path = "/" + Long.toHexString(System.nanoTime());
        LocalCluster cluster = new LocalCluster(
                new ClusterFiles(directory.resolve("broker")),
                contestant.launcher(),
                new ClusterState(zooKeeper.state().zooKeeperPort(), ports, Map.of()));
        // A path that is there already, as it is in any life of a broker but its first.
        createPath(zooKeeper.zooKeeperConnect(), path);
        cluster.writeProperties(Map.of(
                "zookeeper.connect",
                zooKeeper.zooKeeperConnect() + path,
                // There is no other broker to hand its leaders to, and Kafka would ask for it again and again.
                "controlled.shutdown.enable",
                "false"));
        clusters.push(cluster);
        return cluster;
    }

    private static void createPath(String connect, String path) {
        try (ZooKeeper client = ZooKeeperConnection.open(connect, START_TIMEOUT_MS, START_TIMEOUT_MS)) {
            client.create(path, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException e) {
            throw new CommandFailure("cannot create " + path + " in ZooKeeper: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    @Override
    public void close() {
        cleanUp.close();
    }

    private void clear() {
        for (LocalCluster cluster : clusters) {
            cluster.kill();
            cluster.purge();
        }
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new CommandFailure("cannot delete " + directory + ": " + e.getMessage(), e);
        }
    }
}
