package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.Condition;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code regent cluster start}: brings one node back with the data it had. */
@Command(name = "start", description = "Start a node that does not run, and wait until it serves.")
final class StartCommand implements Runnable {
    @Mixin
    private ClusterOptions options;

    @Parameters(paramLabel = "ID", description = "A broker id, or zookeeper.")
    private String target;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Target wanted = Target.parse(List.of(target));
        try (ClusterLock lock = ClusterLock.take(options.files())) {
            LocalCluster cluster = options.requireCluster();
            NodeName node = switch (wanted) {
                case Target.ZooKeeper z -> NodeName.ZOOKEEPER;
                case Target.Broker broker -> KillCommand.requireMember(cluster, broker.id());
                default -> throw new CommandFailure("start takes a broker id or zookeeper, not: " + target);
            };
            start(cluster, node, spec.commandLine().getOut());
        }
    }

    private void start(LocalCluster cluster, NodeName node, PrintWriter out) {
        Condition condition = cluster.conditionOf(node);
        if (condition == Condition.PAUSED) {
            throw new CommandFailure(node.inWords() + " is paused: " + options.asTyped("kill") + " " + target
                    + " --signal CONT lets it go on");
        }
        if (condition == Condition.RUNNING) {
            out.println(node.inWords() + " runs already (pid " + cluster.pidOf(node) + ")");
            return;
        }
        cluster.requireFreePorts(List.of(node));
        long started = System.nanoTime();
        cluster.start(node);
        Readiness readiness = new Readiness(cluster, ClusterOptions.START_TIMEOUT_MS);
        if (node.isBroker()) {
            readiness.awaitBrokers(List.of(node));
        } else {
            readiness.awaitZooKeeper();
        }
        out.printf(
                "Started %s (pid %d); it serves after %.1f s.%n",
                node.inWords(), cluster.pidOf(node), (System.nanoTime() - started) / 1e9);
    }
}
