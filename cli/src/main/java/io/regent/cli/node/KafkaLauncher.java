package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts Apache Kafka's brokers in ZooKeeper mode from a directory of Kafka's jars, so that the very same drill can be run on them.
 *
 * <p>Immutable; any thread. The ZooKeeper server stays Regent's.
 */
public final class KafkaLauncher implements NodeLauncher {
    private static final Pattern KAFKA_JAR = Pattern.compile("kafka_2\\.\\d+-([\\d.]+).*\\.jar");

    private final Path libraries;
    private final String version;
    private final List<String> jvm;
    private final NodeLauncher regent = new RegentLauncher();

    /**
     * @param home an unpacked Kafka distribution, or its {@code libs} directory
     * @throws CommandFailure when there is no Kafka
     */
    public KafkaLauncher(Path home) {
        this(home, BrokerJvm.SEVERAL_ON_ONE_MACHINE);
    }

    /**
     * @param jvm heap and collector of the brokers
     * @throws CommandFailure when there is no Kafka
     */
    public KafkaLauncher(Path home, List<String> jvm) {
        Path nested = home.resolve("libs");
        this.libraries = (Files.isDirectory(nested) ? nested : home).toAbsolutePath();
        this.version = versionIn(libraries)
                .orElseThrow(() -> new CommandFailure("no Kafka in " + home + ": expected libs/kafka_2.13-*.jar"));
        this.jvm = List.copyOf(jvm);
    }

    /** Kafka's version, as its jar is named. */
    public String version() {
        return version;
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
        List<String> command = new ArrayList<>();
        command.add(RegentLauncher.currentJava());
        command.addAll(jvm);
        command.addAll(List.of(
                "-cp",
                libraries + "/*",
                "kafka.Kafka",
                properties.toAbsolutePath().toString()));
        return command;
    }

    private static Optional<String> versionIn(Path libraries) {
        String[] names = libraries.toFile().list();
        return Stream.of(names == null ? new String[0] : names)
                .map(KAFKA_JAR::matcher)
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .findFirst();
    }
}
