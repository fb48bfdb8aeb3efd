package io.regent.cli.cluster;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent cluster down}: ends every node, with a controlled shutdown of the brokers. */
@Command(name = "down", description = "Stop every node; their data stays unless --purge is given.")
final class DownCommand implements Runnable {
    @Mixin
    private ClusterOptions options;

    @Option(names = "--purge", description = "Delete the cluster's data, logs and state as well.")
    private boolean purge;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        LocalCluster known = options.cluster().orElse(null);
        if (known == null) {
            out.println("There is no cluster in " + options.files().directory() + ".");
            return;
        }
        try (ClusterLock lock = ClusterLock.take(options.files())) {
            LocalCluster cluster = options.requireCluster();
            cluster.stop();
            if (purge) {
                cluster.purge();
            }
            out.println("The cluster in " + cluster.files().directory() + " is down"
                    + (purge ? " and its data deleted." : "; " + options.asTyped("up") + " starts it again."));
        }
    }
}
