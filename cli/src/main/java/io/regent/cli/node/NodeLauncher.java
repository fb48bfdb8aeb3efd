package io.regent.cli.node;

import java.nio.file.Path;
import java.util.List;

/**
 * Knows the command lines that start the nodes of a local cluster: Regent's, or those of another Kafka for comparison.
 *
 * <p>Implementations are immutable; any thread. Never starts anything itself.
 */
public interface NodeLauncher {
    /** What the brokers are, for a person to read. */
    String name();

    /**
     * The command that runs a ZooKeeper server in the foreground on a properties file.
     *
     * @throws UnsupportedOperationException where clusters of these nodes have none
     */
    List<String> zooKeeperCommand(Path properties);

    /** The command that runs one broker in the foreground on a properties file. */
    List<String> brokerCommand(Path properties);
}
