package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.Ports;
import io.regent.cli.node.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster of a drill's own on this machine, with ports and a directory that nobody else uses and that are gone afterwards.
 *
 * <p>As {@link ClusterUnderTest} says. Never outlives the JVM that made it, unless that JVM is killed.
 */
final class OwnCluster implements ClusterUnderTest {
    private static final long START_TIMEOUT_MS = 120_000;

    private final LocalCluster cluster;
    private final String description;
    private final boolean keep;
    private final Thread hook = new Thread(this::clear, "drill-cleanup");
    private boolean cleared;

    private OwnCluster(LocalCluster cluster, String description, boolean keep) {
        this.cluster = cluster;
        this.description = description;
        this.keep = keep;
    }

    /**
     * Starts ZooKeeper and brokers and waits until all of it serves.
     *
     * @param overrides settings for each broker
     * @param keep leave the directory, with its logs, when all is over
     * @throws CommandFailure when it does not start; nothing is left then
     */
    static OwnCluster start(NodeLauncher launcher, int brokers, Map<String, String> overrides, boolean keep) {
        ClusterFiles files = new ClusterFiles(temporaryDirectory());
        LocalCluster cluster = new LocalCluster(files, launcher, onFreePorts(brokers));
        OwnCluster own =
                new OwnCluster(cluster, brokers + " brokers of " + launcher.name() + " in " + files.directory(), keep);
        Runtime.getRuntime().addShutdownHook(own.hook);
        try {
            cluster.writeProperties(overrides);
            Readiness readiness = new Readiness(cluster, START_TIMEOUT_MS);
            own.startNode(NodeName.ZOOKEEPER);
            readiness.awaitZooKeeper();
            cluster.brokers().forEach(own::startNode);
            readiness.awaitBrokers(cluster.brokers());
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("regent-drill-");
        } catch (IOException e) {
            throw new CommandFailure("cannot make a temporary directory: " + e.getMessage(), e);
        }
    }

    private static ClusterState onFreePorts(int brokers) {
        try {
            List<Integer> free = Ports.free(brokers + 1);
            SortedMap<Integer, Integer> ports = new TreeMap<>();
            for (int id = 1; id <= brokers; id++) {
                ports.put(id, free.get(id));
            }
            return new ClusterState(free.get(0), ports, Map.of());
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String bootstrap() {
        return cluster.bootstrap();
    }

    @Override
    public Optional<String> zooKeeper() {
        return Optional.of(cluster.zooKeeperConnect());
    }

    @Override
    public String kill(Endpoint victim) {
        NodeName node = NodeName.broker(victim.id());
        long pid = cluster.pidOf(node);
        Signal.KILL.send(pid);
        return "broker " + victim.id() + " (kill -9 " + pid + ")";
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public String restart(Endpoint victim) {
        NodeName node = NodeName.broker(victim.id());
        startNode(node);
        return "broker " + victim.id() + " (pid " + cluster.pidOf(node) + ")";
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook with it.
            return;
        }
    }

    /** Nothing may be started behind the back of an interruption that has just ended everything. */
    private synchronized void startNode(NodeName node) {
        if (cleared) {
            throw new CommandFailure("interrupted");
        }
        cluster.start(node);
    }

    private synchronized void clear() {
        if (!cleared) {
            cleared = true;
            cluster.kill();
            if (!keep) {
                cluster.purge();
            }
        }
    }
}
