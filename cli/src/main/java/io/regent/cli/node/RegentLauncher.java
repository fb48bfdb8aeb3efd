package io.regent.cli.node;

import io.regent.cli.Home;
import io.regent.cli.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts Regent's own nodes on the JVM, the jars and the flags that run this command.
 *
 * <p>Immutable; any thread.
 */
public final class RegentLauncher implements NodeLauncher {
    /**
     * Kafka's limit, but not committed at once: a local cluster has several nodes on one machine, mostly idle.
     */
    private static final String BROKER_HEAP = "-Xms128m -Xmx1G";

    private static final String ZOOKEEPER_HEAP = "-Xms32m -Xmx512m";

    @Override
    public String name() {
        return "Regent";
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        List<String> command = java(ZOOKEEPER_HEAP);
        command.add("-XX:+UseSerialGC");
        return foreground(command, "zookeeper", properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return foreground(java(heap("REGENT_HEAP_OPTS", "KAFKA_HEAP_OPTS")), "broker", properties);
    }

    private static List<String> foreground(List<String> command, String subcommand, Path properties) {
        command.addAll(words(System.getenv("REGENT_JVM_OPTS")));
        command.add("-Dregent.home=" + Home.directory());
        command.add(
                "-Dregent.log.dir=" + properties.toAbsolutePath().getParent().resolve("logs"));
        command.add(Main.class.getName());
        command.add(subcommand);
        command.add(properties.toAbsolutePath().toString());
        return command;
    }

    private static List<String> java(String heap) {
        List<String> command = new ArrayList<>();
        command.add(currentJava());
        Home.launchArguments()
                .ifPresentOrElse(
                        file -> {
                            command.add("@" + file);
                            command.add("-Dregent.launch.args=" + file);
                        },
                        () -> command.addAll(List.of("-cp", System.getProperty("java.class.path"))));
        command.addAll(words(heap));
        return command;
    }

    private static String heap(String... variables) {
        for (String variable : variables) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                return value;
            }
        }
        return BROKER_HEAP;
    }

    static String currentJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> words(String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
