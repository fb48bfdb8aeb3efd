package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code regent cluster status}: the table; it fails when nothing runs. */
@Command(name = "status", description = "Show each node: alive, paused or dead, and which broker rules.")
final class StatusCommand implements Runnable {
    @Mixin
    private ClusterOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        LocalCluster cluster = options.requireCluster();
        PrintWriter out = spec.commandLine().getOut();
        new ClusterTable(cluster).nodes().forEach(out::println);
        if (cluster.nodes().stream().noneMatch(node -> cluster.conditionOf(node).alive())) {
            throw new CommandFailure("nothing of it runs (" + options.asTyped("up") + " starts it)");
        }
    }
}
