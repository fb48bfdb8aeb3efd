package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.TextTable;
import io.regent.cli.node.Condition;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.ZooKeeperView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Draws a local cluster for a person: its nodes, which one rules, and what to try next.
 *
 * <p>One thread. Never changes the cluster.
 */
final class ClusterTable {
    private static final int ZOOKEEPER_TIMEOUT_MS = 3_000;

    private final LocalCluster cluster;

    ClusterTable(LocalCluster cluster) {
        this.cluster = cluster;
    }

    /** One line a node. */
    List<String> nodes() {
        ControllerSeat seat = ControllerSeat.VACANT;
        List<Integer> registered = List.of();
        String trouble = null;
        if (cluster.conditionOf(NodeName.ZOOKEEPER) == Condition.RUNNING) {
            try (ZooKeeperView view = ZooKeeperView.connect(cluster.zooKeeperConnect(), ZOOKEEPER_TIMEOUT_MS)) {
                seat = view.controller();
                registered = view.brokers();
            } catch (CommandFailure e) {
                trouble = e.getMessage();
            }
        }
        List<String> lines = new ArrayList<>(table(seat, registered).lines());
        if (trouble != null) {
            lines.add(trouble);
        }
        return lines;
    }

    private TextTable table(ControllerSeat seat, List<Integer> registered) {
        TextTable table = new TextTable("ID", "ADDRESS", "STATE", "ROLE", "PID", "LOG");
        for (NodeName node : cluster.nodes()) {
            Condition condition = cluster.conditionOf(node);
            table.row(
                    node.isBroker() ? Integer.toString(node.brokerId()) : node.toString(),
                    "127.0.0.1:" + cluster.portOf(node),
                    state(node, condition, registered),
                    role(node, seat),
                    condition.alive() ? Long.toString(cluster.pidOf(node)) : "-",
                    cluster.files().log(node).toString());
        }
        return table;
    }

    private static String state(NodeName node, Condition condition, List<Integer> registered) {
        boolean standsInZooKeeper = node.isBroker() && registered.contains(node.brokerId());
        return switch (condition) {
            case PAUSED -> standsInZooKeeper ? "paused" : "paused, unregistered";
            case GONE -> standsInZooKeeper ? "dead, registered" : "dead";
            case RUNNING -> node.isBroker() && !standsInZooKeeper ? "unregistered" : "running";
        };
    }

    private static String role(NodeName node, ControllerSeat seat) {
        if (!node.isBroker()) {
            return "ZooKeeper";
        }
        return seat.taken() && node.brokerId() == seat.brokerId() ? "controller, epoch " + seat.epochText() : "broker";
    }

    /**
     * The commands to try next.
     *
     * @param asTyped from the name of a subcommand to how one types it
     */
    List<String> nextSteps(UnaryOperator<String> asTyped) {
        return List.of(
                "Try next:",
                "  kcat -b " + cluster.bootstrap() + " -L",
                "  " + asTyped.apply("kill") + " controller      # then: " + asTyped.apply("status"),
                "  " + asTyped.apply("start") + " 1              # a killed broker comes back",
                "  " + asTyped.apply("kill") + " leader-of orders-0 --signal STOP",
                "  " + asTyped.apply("down") + "                 # or down --purge, to delete its data");
    }
}
