package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.Signal;
import io.regent.cli.node.ZooKeeperView;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code regent cluster kill}: sends a signal to one node. */
@Command(
        name = "kill",
        description = {
            "Send a signal to one node: kill -9 unless told otherwise.",
            "STOP pauses it, so that it hangs without its sockets closing; CONT lets it go on."
        })
final class KillCommand implements Runnable {
    private static final int ZOOKEEPER_TIMEOUT_MS = 5_000;
    private static final long END_TIMEOUT_MS = 60_000;

    @Mixin
    private ClusterOptions options;

    @Parameters(
            arity = "1..2",
            paramLabel = "TARGET",
            description = "A broker ID, controller, leader-of TOPIC-PARTITION, or zookeeper.")
    private List<String> target;

    @Option(
            names = "--signal",
            paramLabel = "SIGNAL",
            defaultValue = "KILL",
            description = "One of ${COMPLETION-CANDIDATES} (default: KILL).")
    private Signal signal;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        Target wanted = Target.parse(target);
        try (ClusterLock lock = ClusterLock.take(options.files())) {
            LocalCluster cluster = options.requireCluster();
            NodeName node = resolve(cluster, wanted);
            long pid = cluster.pidOf(node);
            cluster.signal(node, signal);
            boolean ends = signal == Signal.KILL || signal == Signal.TERM;
            if (ends && !cluster.awaitEnd(node, END_TIMEOUT_MS)) {
                throw new CommandFailure(node.inWords() + " (pid " + pid + ") still runs " + END_TIMEOUT_MS / 1000
                        + " s after " + signal);
            }
            spec.commandLine()
                    .getOut()
                    .println("Sent " + signal + " to " + node.inWords() + " (pid " + pid + ")" + next(node));
            spec.commandLine().getOut().flush();
        }
    }

    private String next(NodeName node) {
        return switch (signal) {
            case STOP -> "; let it go on with: " + options.asTyped("kill") + " " + name(node) + " --signal CONT";
            case CONT -> "";
            case KILL, TERM -> "; bring it back with: " + options.asTyped("start") + " " + name(node);
        };
    }

    private static String name(NodeName node) {
        return node.isBroker() ? Integer.toString(node.brokerId()) : node.toString();
    }

    private static NodeName resolve(LocalCluster cluster, Target target) {
        return switch (target) {
            case Target.ZooKeeper z -> NodeName.ZOOKEEPER;
            case Target.Broker broker -> requireMember(cluster, broker.id());
            case Target.Controller c -> {
                int id = ask(cluster, view -> view.controller().brokerId());
                if (id == ControllerSeat.NOBODY) {
                    throw new CommandFailure("nobody rules now: there is no /controller in ZooKeeper");
                }
                yield requireMember(cluster, id);
            }
            case Target.LeaderOf p -> {
                int id = ask(cluster, view -> view.leaderOf(p.topic(), p.partition()));
                if (id == ControllerSeat.NOBODY) {
                    throw new CommandFailure("nobody leads " + p.topic() + "-" + p.partition() + " now");
                }
                yield requireMember(cluster, id);
            }
        };
    }

    private static int ask(LocalCluster cluster, ToIntFunction<ZooKeeperView> question) {
        try (ZooKeeperView view = ZooKeeperView.connect(cluster.zooKeeperConnect(), ZOOKEEPER_TIMEOUT_MS)) {
            return question.applyAsInt(view);
        }
    }

    static NodeName requireMember(LocalCluster cluster, int id) {
        if (!cluster.state().brokerPorts().containsKey(id)) {
            throw new CommandFailure("there is no broker " + id + " in this cluster; it has "
                    + cluster.state().brokerPorts().keySet());
        }
        return NodeName.broker(id);
    }
}
