package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.Home;
import io.regent.cli.node.RegentLauncher;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The options that every cluster command shares, and the cluster they name.
 *
 * <p>Filled by the command line; one thread.
 */
final class ClusterOptions {
    /** A loaded two-core machine starts a ZooKeeper and three brokers in far less. */
    static final long START_TIMEOUT_MS = 90_000;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where the cluster keeps its data, logs and state (default: data/cluster beside bin).")
    private Path directory;

    ClusterFiles files() {
        return new ClusterFiles(
                directory == null ? Home.directory().resolve("data").resolve("cluster") : directory);
    }

    Optional<LocalCluster> cluster() {
        ClusterFiles files = files();
        return ClusterState.load(files.state()).map(state -> of(files, state));
    }

    LocalCluster requireCluster() {
        return cluster()
                .orElseThrow(() -> new CommandFailure(
                        "there is no cluster in " + files().directory() + " (regent cluster up makes one)"));
    }

    LocalCluster of(ClusterFiles files, ClusterState state) {
        return new LocalCluster(files, new RegentLauncher(), state);
    }

    /** A subcommand as the user would type it next, for the same cluster. */
    String asTyped(String subcommand) {
        return Home.command() + " cluster " + subcommand + (directory == null ? "" : " --dir " + directory);
    }
}
