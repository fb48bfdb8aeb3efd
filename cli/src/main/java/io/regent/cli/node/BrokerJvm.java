package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import io.regent.cli.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The memory and collector settings that a broker's JVM is started with.
 *
 * <p>Stateless; any thread.
 */
public final class BrokerJvm {
    /**
     * With as much room for code as both compilers have. In the 48 MB that the JVM gives this one alone, a few seconds' code is
     * reason enough to mark the heap, and that is when something happens for the first time.
     */
    static final List<String> QUICK_COMPILER_ONLY =
            List.of("-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m");

    private static final String REGENTS_FILE = "broker.jvm";
    private static final String COMMENT = "#";

    /** Those of Kafka's own start scripts, but for the heap. */
    private static final List<String> KAFKAS_COLLECTOR = List.of(
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent");

    /** Those of Kafka's own start scripts. */
    public static final List<String> KAFKAS_OWN = kafkasOwnWith("1G");

    /**
     * For Kafka: its limit, but not committed at once. A local cluster has several nodes on one machine, mostly idle. They
     * live for minutes, in which the optimizing compilers of all of them would take the cores from what they compile.
     */
    static final List<String> SEVERAL_ON_ONE_MACHINE =
            with(QUICK_COMPILER_ONLY, "-Xms128m", "-Xmx1G", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");

    private BrokerJvm() {}

    /** These flags, with others before them. */
    static List<String> with(List<String> flags, String... before) {
        return Stream.concat(Stream.of(before), flags.stream()).toList();
    }

    /**
     * Those of Kafka's own start scripts with another heap, all of it committed from the start as theirs is.
     *
     * @param heap as the JVM takes it: {@code 4G}
     */
    public static List<String> kafkasOwnWith(String heap) {
        return Stream.concat(heap(heap).stream(), KAFKAS_COLLECTOR.stream()).toList();
    }

    /** Flags that commit a heap of this size from the start, as the JVM takes it: {@code 4G}. */
    public static List<String> heap(String size) {
        return List.of("-Xmx" + size, "-Xms" + size);
    }

    /**
     * Those that {@code bin/regent broker} uses: what {@code conf/broker.jvm} holds. None, and so the JVM's own defaults,
     * where there is no such file.
     *
     * @throws CommandFailure when the file cannot be read
     */
    public static List<String> regentsOwn() {
        Path file = Home.configuration(REGENTS_FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith(COMMENT))
                    .flatMap(line -> Stream.of(line.split("\\s+")))
                    .toList();
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
