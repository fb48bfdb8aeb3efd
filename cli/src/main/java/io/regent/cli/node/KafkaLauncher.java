package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts Apache Kafka's brokers in ZooKeeper mode from a directory of Kafka's jars, so that the very same drill can be run on them.
 *
 * <p>Immutable; any thread. The ZooKeeper server stays Regent's.
 */
public final class KafkaLauncher implements NodeLauncher {
    private final Path libraries;
    private final NodeLauncher regent = new RegentLauncher();

    /**
     * @param home an unpacked Kafka distribution, or its {@code libs} directory
     * @throws CommandFailure when there is no Kafka
     */
    public KafkaLauncher(Path home) {
        Path nested = home.resolve("libs");
        this.libraries = (Files.isDirectory(nested) ? nested : home).toAbsolutePath();
        if (!holdsKafka(libraries)) {
            throw new CommandFailure("no Kafka in " + home + ": expected libs/kafka_2.13-*.jar");
        }
    }

    @Override
    public String name() {
        return "Apache Kafka in ZooKeeper mode (" + libraries + ")";
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        return regent.zooKeeperCommand(properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return List.of(
                RegentLauncher.currentJava(),
                "-Xms128m",
                "-Xmx1G",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-cp",
                libraries + "/*",
                "kafka.Kafka",
                properties.toAbsolutePath().toString());
    }

    private static boolean holdsKafka(Path libraries) {
        String[] names = libraries.toFile().list((directory, name) -> name.matches("kafka_2\\.\\d+-.*\\.jar"));
        return names != null && names.length > 0;
    }
}
