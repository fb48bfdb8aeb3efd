package io.regent.cli.bench;

import io.regent.cli.CleanUp;
import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.Signal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The processes of a trial: a ZooKeeper of its own, and two nodes that can be its controller.
 *
 * <p>One thread, and the one that ends the JVM. Leaves no process behind, unless the JVM is killed.
 */
final class Nodes implements AutoCloseable {
    static final NodeName FIRST = NodeName.broker(101);
    static final NodeName SECOND = NodeName.broker(102);

    private static final long START_TIMEOUT_MS = 60_000;

    /** All else is as it is by default. */
    private static final Map<String, String> SETTINGS = Map.of(
            // Else leaders would move back at a time of the controller's choosing, in the middle of something else.
            "auto.leader.rebalance.enable",
            "false",
            // They lead nothing, and are stopped at the end of it all.
            "controlled.shutdown.enable",
            "false");

    private final LocalCluster cluster;
    private final boolean keep;
    private final CleanUp cleanUp;

    private Nodes(LocalCluster cluster, boolean keep) {
        this.cluster = cluster;
        this.keep = keep;
        this.cleanUp = new CleanUp("bench-cleanup", this::clear);
    }

    /** Starts the ZooKeeper. */
    static Nodes open(NodeLauncher launcher, Path directory, List<Integer> ports, boolean keep) {
        TreeMap<Integer, Integer> brokerPorts =
                new TreeMap<>(Map.of(FIRST.brokerId(), ports.get(1), SECOND.brokerId(), ports.get(2)));
        LocalCluster cluster = new LocalCluster(
                new ClusterFiles(directory), launcher, new ClusterState(ports.get(0), brokerPorts, Map.of()));
        Nodes nodes = new Nodes(cluster, keep);
        try {
            cluster.writeProperties(SETTINGS);
            cluster.start(NodeName.ZOOKEEPER);
            new Readiness(cluster, START_TIMEOUT_MS).awaitZooKeeper();
            return nodes;
        } catch (RuntimeException e) {
            nodes.close();
            throw e;
        }
    }

    String zooKeeperConnect() {
        return cluster.zooKeeperConnect();
    }

    long zooKeeperPid() {
        return cluster.pidOf(NodeName.ZOOKEEPER);
    }

    static NodeName other(NodeName node) {
        return node.equals(FIRST) ? SECOND : FIRST;
    }

    void start(NodeName node) {
        cleanUp.before(() -> cluster.start(node));
    }

    void kill(NodeName node) {
        cluster.signal(node, Signal.KILL);
    }

    void awaitEnd(NodeName node) {
        if (!cluster.awaitEnd(node, START_TIMEOUT_MS)) {
            throw new CommandFailure(node.inWords() + " does not die");
        }
    }

    /** Ends the nodes, but not ZooKeeper. */
    void killAll() {
        for (NodeName node : List.of(FIRST, SECOND)) {
            if (runs(node)) {
                kill(node);
                awaitEnd(node);
            }
        }
    }

    boolean runs(NodeName node) {
        return cluster.conditionOf(node).alive();
    }

    long pidOf(NodeName node) {
        return cluster.pidOf(node);
    }

    int portOf(NodeName node) {
        return cluster.portOf(node);
    }

    /** @throws CommandFailure with the reason in its log, when the process has ended */
    void requireAlive(NodeName node) {
        cluster.requireAlive(node);
    }

    @Override
    public void close() {
        cleanUp.close();
    }

    private void clear() {
        cluster.kill();
        if (!keep) {
            cluster.purge();
        }
    }
}
