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
 * A directory of Apache Kafka's jars, and the command lines that run what is in it.
 *
 * <p>Immutable; any thread. Never starts anything itself.
 *
 * @param directory where the jars are
 * @param version Kafka's version, as its jar is named
 */
record KafkaLibraries(Path directory, String version) {
    private static final Pattern KAFKA_JAR = Pattern.compile("kafka_2\\.\\d+-([\\d.]+).*\\.jar");

    /** The first version that knows no ZooKeeper. */
    private static final int FIRST_WITHOUT_ZOOKEEPER = 4;

    /**
     * Finds the jars.
     *
     * @param home an unpacked Kafka distribution, or its {@code libs} directory
     * @throws CommandFailure when there is no Kafka
     */
    static KafkaLibraries in(Path home) {
        Path nested = home.resolve("libs");
        Path directory = (Files.isDirectory(nested) ? nested : home).toAbsolutePath();
        return new KafkaLibraries(
                directory,
                versionIn(directory)
                        .orElseThrow(
                                () -> new CommandFailure("no Kafka in " + home + ": expected libs/kafka_2.13-*.jar")));
    }

    boolean knowsZooKeeper() {
        return Integer.parseInt(version.substring(0, version.indexOf('.'))) < FIRST_WITHOUT_ZOOKEEPER;
    }

    /** The command that runs a class of these jars on the JVM that runs this one. */
    List<String> command(List<String> jvm, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(RegentLauncher.currentJava());
        command.addAll(jvm);
        command.addAll(List.of("-cp", directory + "/*", mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Optional<String> versionIn(Path directory) {
        String[] names = directory.toFile().list();
        return Stream.of(names == null ? new String[0] : names)
                .map(KAFKA_JAR::matcher)
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .findFirst();
    }
}
