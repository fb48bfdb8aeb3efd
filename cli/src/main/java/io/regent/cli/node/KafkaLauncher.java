package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts Apache Kafka's brokers in ZooKeeper mode from a directory of Kafka's jars, so that the very same drill can be run on them.
 *
 * <p>Immutable; any thread. The ZooKeeper server stays Regent's.
 */
public final class KafkaLauncher implements NodeLauncher {
    private final KafkaLibraries libraries;
    private final List<String> jvm;
    private final NodeLauncher regent = new RegentLauncher();

    /**
     * @param home an unpacked Kafka distribution, or its {@code libs} directory
     * @throws CommandFailure when there is no Kafka that knows ZooKeeper
     */
    public KafkaLauncher(Path home) {
        this(home, BrokerJvm.SEVERAL_ON_ONE_MACHINE);
    }

    /**
     * @param jvm heap and collector of the brokers
     * @throws CommandFailure when there is no Kafka that knows ZooKeeper
     */
    public KafkaLauncher(Path home, List<String> jvm) {
        this.libraries = KafkaLibraries.in(home);
        this.jvm = List.copyOf(jvm);
        if (!libraries.knowsZooKeeper()) {
            throw new CommandFailure(
                    "Kafka " + version() + " in " + home + " has no ZooKeeper mode any more: Kafka 3.x is needed");
        }
    }

    /** Kafka's version, as its jar is named. */
    public String version() {
        return libraries.version();
    }

    @Override
    public String name() {
        return "Apache Kafka " + version() + " in ZooKeeper mode (" + libraries.directory() + ")";
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        return regent.zooKeeperCommand(properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return libraries.command(jvm, "kafka.Kafka", properties.toAbsolutePath().toString());
    }
}
