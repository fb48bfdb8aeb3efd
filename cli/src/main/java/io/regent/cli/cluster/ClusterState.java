package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.NodeProcess;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a local cluster consists of and which processes it runs as, kept in one properties file between commands.
 *
 * <p>Immutable; any thread. Never tells whether a process still lives: that is {@code ProcessTable}'s answer.
 *
 * @param zooKeeperPort the client port of the cluster's ZooKeeper, or {@link #NO_ZOOKEEPER}
 * @param brokerPorts broker id to listening port
 * @param processes the process each started node was last seen as
 */
public record ClusterState(
        int zooKeeperPort, SortedMap<Integer, Integer> brokerPorts, Map<NodeName, NodeProcess> processes) {
    /** The cluster is ruled by a quorum of its own nodes (KIP-500). */
    public static final int NO_ZOOKEEPER = 0;

    private static final String ZOOKEEPER_PORT = "zookeeper.port";
    private static final String PORT = ".port";
    private static final String PID = ".pid";
    private static final String STARTED = ".started.ms";

    public ClusterState {
        brokerPorts = Collections.unmodifiableSortedMap(new TreeMap<>(brokerPorts));
        processes = Collections.unmodifiableMap(new LinkedHashMap<>(processes));
    }

    /** A cluster of brokers 1 to {@code brokers} on consecutive ports, of which nothing runs yet. */
    public static ClusterState planned(int zooKeeperPort, int firstPort, int brokers) {
        SortedMap<Integer, Integer> ports = new TreeMap<>();
        for (int id = 1; id <= brokers; id++) {
            ports.put(id, firstPort + id - 1);
        }
        return new ClusterState(zooKeeperPort, ports, Map.of());
    }

    public boolean hasZooKeeper() {
        return zooKeeperPort != NO_ZOOKEEPER;
    }

    /** This cluster with a node running as the process. */
    public ClusterState with(NodeName node, NodeProcess process) {
        Map<NodeName, NodeProcess> changed = new LinkedHashMap<>(processes);
        changed.put(node, process);
        return new ClusterState(zooKeeperPort, brokerPorts, changed);
    }

    public Optional<NodeProcess> processOf(NodeName node) {
        return Optional.ofNullable(processes.get(node));
    }

    /**
     * Reads a state file; empty when there is none.
     *
     * @throws CommandFailure when it cannot be read or understood
     */
    public static Optional<ClusterState> load(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return Optional.of(parse(properties));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure("cannot read the cluster's state in " + file + ": " + e.getMessage(), e);
        }
    }

    private static ClusterState parse(Properties properties) {
        SortedMap<Integer, Integer> ports = new TreeMap<>();
        Map<NodeName, NodeProcess> processes = new LinkedHashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (key.endsWith(PORT) && !key.equals(ZOOKEEPER_PORT)) {
                NodeName node = NodeName.parse(key.substring(0, key.length() - PORT.length()));
                ports.put(node.brokerId(), Math.toIntExact(number(properties, key)));
            } else if (key.endsWith(PID)) {
                String node = key.substring(0, key.length() - PID.length());
                processes.put(
                        NodeName.parse(node),
                        new NodeProcess(number(properties, key), number(properties, node + STARTED)));
            }
        }
        return new ClusterState(Math.toIntExact(number(properties, ZOOKEEPER_PORT)), ports, processes);
    }

    private static long number(Properties properties, String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("key " + key + " is missing");
        }
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("key " + key + " is not a number: " + value, e);
        }
    }

    /** Writes the state file whole or not at all. */
    public void store(Path file) {
        Properties properties = new Properties();
        properties.setProperty(ZOOKEEPER_PORT, Integer.toString(zooKeeperPort));
        brokerPorts.forEach((id, port) -> properties.setProperty(NodeName.broker(id) + PORT, Integer.toString(port)));
        processes.forEach((node, process) -> {
            properties.setProperty(node + PID, Long.toString(process.pid()));
            properties.setProperty(node + STARTED, Long.toString(process.startedMs()));
        });
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.createDirectories(file.getParent());
            try (Writer writer = Files.newBufferedWriter(next)) {
                properties.store(writer, "A local cluster of Regent; written by the cluster command");
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CommandFailure("cannot write the cluster's state to " + file + ": " + e.getMessage(), e);
        }
    }
}
