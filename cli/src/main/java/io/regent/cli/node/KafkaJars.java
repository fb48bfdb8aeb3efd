package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import io.regent.cli.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Has Maven fetch Apache Kafka for those who have no distribution of it at hand.
 *
 * <p>One thread. Never fetches twice.
 */
public final class KafkaJars {
    private static final int FETCH_MINUTES = 10;

    /** Which Kafka: each is a Maven project of its own among the peers. */
    public enum Line {
        LAST_WITH_ZOOKEEPER("kafka-3.9"),
        NEWEST("kafka-4.3");

        private final String project;

        Line(String project) {
            this.project = project;
        }
    }

    private KafkaJars() {}

    /**
     * The directory with the jars of the last Kafka that knows ZooKeeper.
     *
     * @throws CommandFailure when they are not there and cannot be fetched
     */
    public static Path fetched(PrintWriter out) {
        return fetched(Line.LAST_WITH_ZOOKEEPER, out);
    }

    /**
     * The directory with the jars.
     *
     * @throws CommandFailure when they are not there and cannot be fetched
     */
    public static Path fetched(Line line, PrintWriter out) {
        Path peer = Home.directory().resolve("it-tests").resolve("peers").resolve(line.project);
        Path jars = peer.resolve("target").resolve("lib");
        if (Files.isDirectory(jars)) {
            return jars;
        }
        out.println("Fetching Apache Kafka with Maven into " + jars + " (first use)");
        Path log = peer.resolve("target").resolve("fetch.log");
        try {
            Files.createDirectories(log.getParent());
            run(peer.resolve("pom.xml"), log);
        } catch (IOException e) {
            throw new CommandFailure(
                    "cannot fetch Apache Kafka: " + e.getMessage() + " (or name a distribution that is here)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while fetching Apache Kafka", e);
        }
        return jars;
    }

    private static void run(Path pom, Path log) throws IOException, InterruptedException {
        Process maven = new ProcessBuilder("mvn", "-q", "-B", "-f", pom.toString(), "generate-resources")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!maven.waitFor(FETCH_MINUTES, TimeUnit.MINUTES)) {
            maven.destroy();
            throw new IOException("Maven did not end within " + FETCH_MINUTES + " minutes, see " + log);
        }
        if (maven.exitValue() != 0) {
            throw new IOException("Maven failed, see " + log);
        }
    }
}
