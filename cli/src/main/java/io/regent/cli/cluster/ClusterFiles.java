package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Lays a local cluster out on disk: who keeps what where, and the properties files its nodes start with.
 *
 * <p>Immutable; any thread. Never touches anything in the directory that it did not put there.
 *
 * @param directory the cluster's directory
 */
public record ClusterFiles(Path directory) {
    /** As many copies of the internal topics as Kafka's defaults ask for, on clusters that have the brokers. */
    private static final int INTERNAL_REPLICATION = 3;

    public ClusterFiles {
        directory = directory.toAbsolutePath().normalize();
    }

    public Path state() {
        return directory.resolve("cluster.properties");
    }

    /** Held by the one command that changes the cluster. */
    Path lock() {
        return directory.resolve("cluster.lock");
    }

    private Path of(NodeName node) {
        return directory.resolve(node.toString());
    }

    public Path log(NodeName node) {
        return of(node).resolve("logs").resolve("server.log");
    }

    public Path properties(NodeName node) {
        return of(node).resolve(node.isBroker() ? "server.properties" : "zookeeper.properties");
    }

    /** Writes the properties file of every node; {@code overrides} go to each broker. */
    public void writeProperties(ClusterState state, Map<String, String> overrides) {
        write(NodeName.ZOOKEEPER, zooKeeperProperties(state));
        for (int id : state.brokerPorts().keySet()) {
            Map<String, String> properties = brokerProperties(state, id);
            properties.putAll(overrides);
            write(NodeName.broker(id), properties);
        }
    }

    /**
     * Writes the properties file of every node of a cluster in KRaft mode, each of them broker and controller.
     *
     * @param controllerPorts where each node listens as a controller, by id
     * @param overrides go to each node
     */
    public void writeQuorumProperties(
            ClusterState state, SortedMap<Integer, Integer> controllerPorts, Map<String, String> overrides) {
        for (int id : state.brokerPorts().keySet()) {
            Map<String, String> properties = quorumProperties(state, controllerPorts, id);
            properties.putAll(overrides);
            write(NodeName.broker(id), properties);
        }
    }

    private Map<String, String> zooKeeperProperties(ClusterState state) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("tickTime", "2000");
        properties.put("dataDir", of(NodeName.ZOOKEEPER).resolve("data").toString());
        properties.put("clientPort", Integer.toString(state.zooKeeperPort()));
        properties.put("clientPortAddress", "127.0.0.1");
        properties.put("maxClientCnxns", "0");
        properties.put("maxCnxns", "0");
        properties.put("admin.enableServer", "false");
        return properties;
    }

    Map<String, String> brokerProperties(ClusterState state, int id) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("broker.id", Integer.toString(id));
        properties.put("listeners", listener(state, id));
        properties.put("zookeeper.connect", "127.0.0.1:" + state.zooKeeperPort());
        properties.putAll(commonProperties(state, id));
        return properties;
    }

    Map<String, String> quorumProperties(ClusterState state, SortedMap<Integer, Integer> controllerPorts, int id) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(id));
        properties.put("listeners", listener(state, id) + ",CONTROLLER://127.0.0.1:" + controllerPorts.get(id));
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put(
                "controller.quorum.voters",
                controllerPorts.entrySet().stream()
                        .map(voter -> voter.getKey() + "@127.0.0.1:" + voter.getValue())
                        .collect(Collectors.joining(",")));
        properties.putAll(commonProperties(state, id));
        return properties;
    }

    private static String listener(ClusterState state, int id) {
        return "PLAINTEXT://127.0.0.1:" + state.brokerPorts().get(id);
    }

    private Map<String, String> commonProperties(ClusterState state, int id) {
        int brokers = state.brokerPorts().size();
        String copies = Integer.toString(Math.min(INTERNAL_REPLICATION, brokers));
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("log.dirs", of(NodeName.broker(id)).resolve("data").toString());
        // As Kafka 4 has it (KIP-1030): a killed broker reads its logs again before it serves, and has a core to spare
        // for it.
        properties.put("num.recovery.threads.per.data.dir", "2");
        properties.put("default.replication.factor", copies);
        properties.put("offsets.topic.replication.factor", copies);
        properties.put("transaction.state.log.replication.factor", copies);
        properties.put("transaction.state.log.min.isr", Integer.toString(Math.min(2, brokers)));
        // On one's own machine nobody waits for more members of a new group.
        properties.put("group.initial.rebalance.delay.ms", "0");
        return properties;
    }

    private void write(NodeName node, Map<String, String> properties) {
        String text = properties.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + escaped(entry.getValue()) + "\n")
                .collect(Collectors.joining());
        try {
            Files.createDirectories(of(node));
            Files.writeString(properties(node), text);
        } catch (IOException e) {
            throw new CommandFailure("cannot write " + properties(node) + ": " + e.getMessage(), e);
        }
    }

    /** A backslash is an escape in a properties file. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\");
    }

    /** Deletes the nodes' files and the state, and the directory when nothing else is in it. */
    public void purge(ClusterState state) {
        try {
            deleteTree(of(NodeName.ZOOKEEPER));
            for (int id : state.brokerPorts().keySet()) {
                deleteTree(of(NodeName.broker(id)));
            }
            Files.deleteIfExists(state());
            Files.deleteIfExists(lock());
            String[] rest = directory.toFile().list();
            if (rest != null && rest.length == 0) {
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot purge " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Deletes a directory with all that is in it, without following links; nothing happens when there is none. */
    static void deleteTree(Path root) throws IOException {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // It is gone, which is what was asked for.
            return;
        }
    }
}
