package io.regent.cli.node;

import io.regent.cli.Home;
import io.regent.cli.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Starts Regent's own nodes on the JVM, the jars and the flags that run this command.
 *
 * <p>Immutable; any thread.
 */
public final class RegentLauncher implements NodeLauncher {
    private static final List<String> ZOOKEEPER_JVM =
            BrokerJvm.with(BrokerJvm.QUICK_COMPILER_ONLY, "-Xms32m", "-Xmx512m", "-XX:+UseSerialGC");

    private final List<String> brokerJvm;
    private final List<String> zooKeeperJvm;

    /** Brokers get the heap that {@code REGENT_HEAP_OPTS} or {@code KAFKA_HEAP_OPTS} names, else that of {@code bin/regent broker}. */
    public RegentLauncher() {
        this(fromEnvironment());
    }

    /** @param brokerJvm heap and collector of the brokers */
    public RegentLauncher(List<String> brokerJvm) {
        this(brokerJvm, ZOOKEEPER_JVM);
    }

    /**
     * @param brokerJvm heap and collector of the brokers
     * @param zooKeeperJvm heap and collector of the ZooKeeper
     */
    public RegentLauncher(List<String> brokerJvm, List<String> zooKeeperJvm) {
        this.brokerJvm = List.copyOf(brokerJvm);
        this.zooKeeperJvm = List.copyOf(zooKeeperJvm);
    }

    @Override
    public String name() {
        return "Regent";
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        return foreground(java(zooKeeperJvm), "zookeeper", properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return foreground(java(brokerJvm), "broker", properties);
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

    private static List<String> java(List<String> jvm) {
        List<String> command = new ArrayList<>();
        command.add(currentJava());
        Home.launchArguments()
                .ifPresentOrElse(
                        file -> {
                            command.add("@" + file);
                            command.add("-D" + Home.LAUNCH_ARGUMENTS + "=" + file);
                        },
                        () -> command.addAll(List.of("-cp", System.getProperty("java.class.path"))));
        command.addAll(jvm);
        return command;
    }

    private static List<String> fromEnvironment() {
        List<String> jvm = new ArrayList<>(BrokerJvm.regentsOwn());
        jvm.addAll(BrokerJvm.QUICK_COMPILER_ONLY);
        Stream.of("REGENT_HEAP_OPTS", "KAFKA_HEAP_OPTS")
                .map(variable -> words(System.getenv(variable)))
                .filter(heap -> !heap.isEmpty())
                .findFirst()
                .ifPresent(jvm::addAll);
        return jvm;
    }

    static String currentJava() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static List<String> words(String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
