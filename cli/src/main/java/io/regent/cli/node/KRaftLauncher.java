package io.regent.cli.node;

import java.nio.file.Path;
import java.util.List;

/**
 * Starts Apache Kafka's nodes in KRaft mode (KIP-500) from a directory of Kafka's jars.
 *
 * <p>Immutable; any thread. Knows no ZooKeeper: a cluster of these has none.
 */
public final class KRaftLauncher implements NodeLauncher {
    private final KafkaLibraries libraries;

    /**
     * @param home an unpacked Kafka distribution, or its {@code libs} directory
     * @throws io.regent.cli.CommandFailure when there is no Kafka
     */
    public KRaftLauncher(Path home) {
        this.libraries = KafkaLibraries.in(home);
    }

    /** Kafka's version, as its jar is named. */
    public String version() {
        return libraries.version();
    }

    @Override
    public String name() {
        return "Apache Kafka " + version() + " in KRaft mode (" + libraries.directory() + ")";
    }

    /** @throws UnsupportedOperationException always */
    @Override
    public List<String> zooKeeperCommand(Path properties) {
        throw new UnsupportedOperationException("there is no ZooKeeper in KRaft mode");
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return libraries.command(
                BrokerJvm.SEVERAL_ON_ONE_MACHINE,
                "kafka.Kafka",
                properties.toAbsolutePath().toString());
    }

    /** The command that formats a node's log directories, without which it does not start. */
    public List<String> formatCommand(Path properties, String clusterId) {
        return libraries.command(
                BrokerJvm.QUICK_COMPILER_ONLY,
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                clusterId,
                "--config",
                properties.toAbsolutePath().toString());
    }
}
