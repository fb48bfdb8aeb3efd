package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.NodeStarter;
import io.regent.cli.node.Ports;
import io.regent.cli.node.RegentLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A preferred node that only rules, beside the brokers of a cluster: started, stopped and killed again and again under one
 * id and port.
 *
 * <p>One thread. Its process is gone after {@link #close}.
 */
final class Ruler implements AutoCloseable {

    static final int ID = 9;

    private final ItCluster cluster;
    private final Path directory;
    private final Path properties;
    private Process process;

    /** @param directory for its files, which it leaves there */
    Ruler(ItCluster cluster, Path directory) throws IOException {
        this.cluster = cluster;
        this.directory = directory;
        this.properties = Files.writeString(
                directory.resolve("ruler.properties"),
                String.join(
                        "\n",
                        "broker.id=" + ID,
                        "listeners=PLAINTEXT://127.0.0.1:" + Ports.free(1).get(0),
                        "log.dirs=" + directory.resolve("data"),
                        "zookeeper.connect=" + cluster.local().zooKeeperConnect(),
                        "zookeeper.session.timeout.ms=6000",
                        "regent.node.roles=controller",
                        "regent.controller.preferred=true"));
    }

    /** Starts it and waits until it rules. */
    void start() {
        process = NodeStarter.start(new RegentLauncher().brokerCommand(properties), directory.resolve("ruler.log"));
        Awaitility.await("the reign of " + ID)
                .atMost(ItCluster.PATIENCE)
                .until(cluster::controller, seat -> seat.brokerId() == ID);
    }

    /** Stops it in good order. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(ItCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the ruler has ended")
                .isTrue();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until somebody else rules. */
    int awaitSuccessor() {
        return Awaitility.await("another's reign")
                .atMost(ItCluster.PATIENCE)
                .until(cluster::controller, seat -> seat.brokerId() != ID)
                .brokerId();
    }

    boolean hasStoredAnything() {
        return Files.exists(directory.resolve("data"));
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }
}
