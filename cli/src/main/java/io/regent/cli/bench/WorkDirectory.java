package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where ZooKeeper and the nodes keep their files: in memory where the system has a disk in it, so that one contestant does not
 * wait for a disk that is busy with something else.
 *
 * <p>One thread. What it made is deleted when the JVM ends, after the nodes have been.
 */
final class WorkDirectory {
    private static final Path MEMORY_DISK = Path.of("/dev/shm");
    private static final String PREFIX = "regent-bench-";

    /** Kafka's own default writes much more; this is to its advantage. */
    private static final String WARNINGS_ONLY = """
            log4j.rootLogger=WARN, stdout
            log4j.appender.stdout=org.apache.log4j.ConsoleAppender
            log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
            log4j.appender.stdout.layout.ConversionPattern=[%d] %p %m (%c)%n
            """;

    private final Path path;

    /**
     * @param wanted where it is to be, or null for a new one
     * @param keep whether it is left behind
     */
    WorkDirectory(Path wanted, boolean keep) {
        try {
            if (wanted != null) {
                path = Files.createDirectories(wanted).toAbsolutePath();
            } else if (Files.isWritable(MEMORY_DISK)) {
                path = Files.createTempDirectory(MEMORY_DISK, PREFIX);
            } else {
                path = Files.createTempDirectory(PREFIX);
            }
            Files.writeString(kafkaLogging(), WARNINGS_ONLY);
            if (!keep) {
                // In the opposite order; a directory in which somebody else keeps files stays.
                path.toFile().deleteOnExit();
                kafkaLogging().toFile().deleteOnExit();
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot make a directory for the benchmark: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    /** A log4j configuration for Kafka. */
    Path kafkaLogging() {
        return path.resolve("log4j.properties");
    }
}
