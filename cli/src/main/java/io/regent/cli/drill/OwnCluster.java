package io.regent.cli.drill;

import io.regent.cli.CleanUp;
import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.ClusterFiles;
import io.regent.cli.cluster.ClusterState;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.cluster.Readiness;
import io.regent.cli.node.KRaftLauncher;
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
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

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
    private final CleanUp cleanUp;

    private OwnCluster(LocalCluster cluster, String description, boolean keep) {
        this.cluster = cluster;
        this.description = description;
        this.keep = keep;
        this.cleanUp = new CleanUp("drill-cleanup", this::clear);
    }

    /**
     * Starts ZooKeeper and brokers and waits until all of it serves.
     *
     * @param overrides settings for each broker
     * @param keep leave the directory, with its logs, when all is over
     * @throws CommandFailure when it does not start; nothing is left then
     */
    static OwnCluster start(NodeLauncher launcher, int brokers, Map<String, String> overrides, boolean keep) {
        List<Integer> free = freePorts(brokers + 1);
        ClusterState state = new ClusterState(free.get(0), byId(free.subList(1, brokers + 1)), Map.of());
        return make(launcher, state, keep).started(own -> {
            own.cluster.writeProperties(overrides);
            own.startNode(NodeName.ZOOKEEPER);
            new Readiness(own.cluster, START_TIMEOUT_MS).awaitZooKeeper();
        });
    }

    /**
     * Starts nodes that are brokers and, together, their own controllers (KIP-500), and waits until all of it serves.
     *
     * @param overrides settings for each node
     * @param keep leave the directory, with its logs, when all is over
     * @throws CommandFailure when it does not start; nothing is left then
     */
    static OwnCluster startQuorum(KRaftLauncher launcher, int brokers, Map<String, String> overrides, boolean keep) {
        List<Integer> free = freePorts(2 * brokers);
        ClusterState state = new ClusterState(ClusterState.NO_ZOOKEEPER, byId(free.subList(0, brokers)), Map.of());
        return make(launcher, state, keep).started(own -> {
            own.cluster.writeQuorumProperties(byId(free.subList(brokers, 2 * brokers)), overrides);
            String clusterId = Uuid.randomUuid().toString();
            for (NodeName node : own.cluster.brokers()) {
                own.prepareNode(node, launcher.formatCommand(own.cluster.files().properties(node), clusterId));
            }
        });
    }

    private static OwnCluster make(NodeLauncher launcher, ClusterState state, boolean keep) {
        ClusterFiles files = new ClusterFiles(temporaryDirectory());
        return new OwnCluster(
                new LocalCluster(files, launcher, state),
                state.brokerPorts().size() + " brokers of " + launcher.name() + " in " + files.directory(),
                keep);
    }

    private OwnCluster started(Consumer<OwnCluster> beforeItsBrokers) {
        try {
            beforeItsBrokers.accept(this);
            cluster.brokers().forEach(this::startNode);
            new Readiness(cluster, START_TIMEOUT_MS).awaitBrokers(cluster.brokers());
            return this;
        } catch (RuntimeException e) {
            close();
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

    private static List<Integer> freePorts(int count) {
        try {
            return Ports.free(count);
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private static SortedMap<Integer, Integer> byId(List<Integer> ports) {
        SortedMap<Integer, Integer> byId = new TreeMap<>();
        ports.forEach(port -> byId.put(byId.size() + 1, port));
        return byId;
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
        return cluster.state().hasZooKeeper() ? Optional.of(cluster.zooKeeperConnect()) : Optional.empty();
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
        cleanUp.close();
    }

    private void startNode(NodeName node) {
        cleanUp.before(() -> cluster.start(node));
    }

    private void prepareNode(NodeName node, List<String> command) {
        cleanUp.before(() -> cluster.prepare(node, command));
    }

    private void clear() {
        cluster.kill();
        if (!keep) {
            cluster.purge();
        }
    }
}
