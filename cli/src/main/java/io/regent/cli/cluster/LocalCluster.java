package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.Condition;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.NodeLog;
import io.regent.cli.node.NodeProcess;
import io.regent.cli.node.NodeStarter;
import io.regent.cli.node.Ports;
import io.regent.cli.node.ProcessTable;
import io.regent.cli.node.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A ZooKeeper, unless the cluster rules itself, and brokers on this machine, each a process of its own that survives this command.
 *
 * <p>One thread at a time, and one command at a time on one directory. Never believes its own memory: whether a node lives is asked of
 * the operating system each time.
 */
public final class LocalCluster {
    /** A controlled shutdown may have to move thousands of leaders; after that the node is killed. */
    private static final long GRACE_MS = 30_000;

    private final ClusterFiles files;
    private final NodeLauncher launcher;
    private ClusterState state;

    public LocalCluster(ClusterFiles files, NodeLauncher launcher, ClusterState state) {
        this.files = files;
        this.launcher = launcher;
        this.state = state;
    }

    public ClusterState state() {
        return state;
    }

    public ClusterFiles files() {
        return files;
    }

    /** The brokers' names, by id. */
    public List<NodeName> brokers() {
        return state.brokerPorts().keySet().stream().map(NodeName::broker).toList();
    }

    /** All nodes, ZooKeeper first: the order in which they start. */
    public List<NodeName> nodes() {
        List<NodeName> nodes = new ArrayList<>();
        if (state.hasZooKeeper()) {
            nodes.add(NodeName.ZOOKEEPER);
        }
        nodes.addAll(brokers());
        return nodes;
    }

    public int portOf(NodeName node) {
        return node.isBroker() ? state.brokerPorts().get(node.brokerId()) : state.zooKeeperPort();
    }

    public String zooKeeperConnect() {
        return "127.0.0.1:" + state.zooKeeperPort();
    }

    /** What a client is given to find the cluster. */
    public String bootstrap() {
        return String.join(
                ",", brokers().stream().map(node -> "127.0.0.1:" + portOf(node)).toList());
    }

    public Condition conditionOf(NodeName node) {
        return state.processOf(node).map(ProcessTable::conditionOf).orElse(Condition.GONE);
    }

    /** The process id of a node that lives. */
    public long pidOf(NodeName node) {
        return state.processOf(node)
                .filter(process -> ProcessTable.conditionOf(process).alive())
                .map(NodeProcess::pid)
                .orElseThrow(() -> new CommandFailure(node.inWords() + " does not run"));
    }

    /** @throws CommandFailure naming the port and who needs it, when somebody else listens on one of them */
    public void requireFreePorts(List<NodeName> wanted) {
        for (NodeName node : wanted) {
            if (!Ports.isFree(portOf(node))) {
                throw new CommandFailure("port " + portOf(node) + " is taken, and " + node.inWords()
                        + " needs it (choose another with " + (node.isBroker() ? "--port" : "--zookeeper-port") + ")");
            }
        }
    }

    /** Starts a node's process and writes it down; does not wait until it serves. */
    public void start(NodeName node) {
        List<String> command = node.isBroker()
                ? launcher.brokerCommand(files.properties(node))
                : launcher.zooKeeperCommand(files.properties(node));
        start(node, command);
    }

    private Process start(NodeName node, List<String> command) {
        Process process = NodeStarter.start(command, files.log(node));
        state = state.with(node, NodeProcess.of(process.toHandle()));
        state.store(files.state());
        return process;
    }

    /**
     * Runs a command to its end in a node's place, for what must be done before the node's first start.
     *
     * @throws CommandFailure with the reason in its log, when it fails or does not end in time
     */
    public void prepare(NodeName node, List<String> command) {
        Process process = start(node, command);
        try {
            if (!process.waitFor(GRACE_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new CommandFailure("the preparation of " + node.inWords() + " did not end within "
                        + GRACE_MS / 1_000 + " s (log: " + files.log(node) + ")");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while preparing " + node.inWords(), e);
        }
        if (process.exitValue() != 0) {
            throw new CommandFailure("the preparation of " + node.inWords() + " failed: "
                    + NodeLog.reason(files.log(node)) + " (log: " + files.log(node) + ")");
        }
    }

    /** @throws CommandFailure with the reason in its log, when a node's process has ended */
    public void requireAlive(NodeName node) {
        if (!conditionOf(node).alive()) {
            throw new CommandFailure(node.inWords() + " did not start: " + NodeLog.reason(files.log(node)) + " (log: "
                    + files.log(node) + ")");
        }
    }

    public void signal(NodeName node, Signal signal) {
        signal.send(pidOf(node));
    }

    /** Waits until a node's process has ended, at most {@code timeoutMs}; tells whether it has. */
    public boolean awaitEnd(NodeName node, long timeoutMs) {
        return awaitEnd(List.of(node), timeoutMs);
    }

    private boolean awaitEnd(List<NodeName> nodes, long timeoutMs) {
        CompletableFuture<?>[] ends = nodes.stream()
                .flatMap(node -> state.processOf(node).stream())
                .filter(process -> ProcessTable.conditionOf(process).alive())
                .flatMap(process -> ProcessTable.find(process).stream())
                .map(ProcessHandle::onExit)
                .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(timeoutMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException e) {
            return nodes.stream().noneMatch(node -> conditionOf(node).alive());
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("the end of a process cannot fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends every node, brokers first with a controlled shutdown; what does not end in time is killed. */
    public void stop() {
        stop(brokers());
        stop(List.of(NodeName.ZOOKEEPER));
    }

    private void stop(List<NodeName> nodes) {
        send(nodes, Signal.TERM);
        // A paused process takes no other signal before it runs again.
        send(
                nodes.stream()
                        .filter(node -> conditionOf(node) == Condition.PAUSED)
                        .toList(),
                Signal.CONT);
        if (!awaitEnd(nodes, GRACE_MS)) {
            send(nodes, Signal.KILL);
            awaitEnd(nodes, GRACE_MS);
        }
    }

    /** Ends every node at once, without grace. */
    public void kill() {
        send(nodes(), Signal.KILL);
        awaitEnd(nodes(), GRACE_MS);
    }

    private void send(List<NodeName> nodes, Signal signal) {
        for (NodeName node : nodes) {
            state.processOf(node)
                    .filter(process -> ProcessTable.conditionOf(process).alive())
                    .ifPresent(process -> sendUnlessGone(process, signal));
        }
    }

    private static void sendUnlessGone(NodeProcess process, Signal signal) {
        try {
            signal.send(process.pid());
        } catch (CommandFailure e) {
            if (ProcessTable.conditionOf(process).alive()) {
                throw e;
            }
        }
    }

    /** Deletes the cluster's files; nothing of it may run. */
    public void purge() {
        files.purge(state);
    }

    /** As {@link ClusterFiles#writeQuorumProperties}. */
    public void writeQuorumProperties(SortedMap<Integer, Integer> controllerPorts, Map<String, String> overrides) {
        files.writeQuorumProperties(state, controllerPorts, overrides);
    }

    /** Writes the nodes' properties files, with settings of the user's for each broker. */
    public void writeProperties(Map<String, String> overrides) {
        files.writeProperties(state, overrides);
    }
}
