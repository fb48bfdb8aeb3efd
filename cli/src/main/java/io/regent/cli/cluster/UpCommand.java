package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent cluster up}: starts what does not run and waits until all of it serves. */
@Command(
        name = "up",
        description = {
            "Start a local ZooKeeper and brokers, and wait until each serves.",
            "What runs already is left alone; what was killed comes back."
        })
final class UpCommand implements Runnable {
    private static final int DEFAULT_BROKERS = 3;
    private static final int DEFAULT_PORT = 9092;
    private static final int DEFAULT_ZOOKEEPER_PORT = 2181;
    private static final int MAX_PORT = 65_535;

    /** More JVMs than any one machine is likely to carry; a typing error should not try. */
    private static final int MAX_BROKERS = 64;

    @Mixin
    private ClusterOptions options;

    @Option(names = "--brokers", paramLabel = "N", description = "How many brokers (default: 3).")
    private Integer brokers;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port of broker 1; the others take the next ones (default: 9092).")
    private Integer port;

    @Option(names = "--zookeeper-port", paramLabel = "PORT", description = "Port of ZooKeeper (default: 2181).")
    private Integer zooKeeperPort;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A broker setting for each of the brokers; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        try (ClusterLock lock = ClusterLock.take(options.files())) {
            LocalCluster cluster = plan();
            List<NodeName> missing = cluster.nodes().stream()
                    .filter(node -> !cluster.conditionOf(node).alive())
                    .toList();
            if (missing.isEmpty()) {
                out.println("The cluster in " + cluster.files().directory() + " runs already.");
            } else {
                bringUp(cluster, missing, out);
            }
            out.println();
            ClusterTable table = new ClusterTable(cluster);
            table.nodes().forEach(out::println);
            out.println();
            table.nextSteps(options::asTyped).forEach(out::println);
        }
    }

    /** The cluster that shall run: the one whose nodes still live, else one as asked for. */
    private LocalCluster plan() {
        ClusterState asked = ClusterState.planned(
                checked(zooKeeperPort, DEFAULT_ZOOKEEPER_PORT, "--zookeeper-port", MAX_PORT),
                checked(port, DEFAULT_PORT, "--port", MAX_PORT),
                checked(brokers, DEFAULT_BROKERS, "--brokers", MAX_BROKERS));
        if (asked.brokerPorts().get(asked.brokerPorts().lastKey()) > MAX_PORT) {
            throw new CommandFailure("the last broker's port would be above " + MAX_PORT);
        }
        LocalCluster known = options.cluster().orElse(null);
        if (known == null
                || known.nodes().stream()
                        .noneMatch(node -> known.conditionOf(node).alive())) {
            LocalCluster fresh = options.of(options.files(), asked);
            fresh.requireFreePorts(fresh.nodes());
            fresh.writeProperties(overrides);
            return fresh;
        }
        requireSame(known);
        return known;
    }

    /** A running cluster is not changed under its clients: what was asked for explicitly must be what runs. */
    private void requireSame(LocalCluster known) {
        ClusterState state = known.state();
        boolean same = (brokers == null || brokers == state.brokerPorts().size())
                && (port == null
                        || port.equals(
                                state.brokerPorts().get(state.brokerPorts().firstKey())))
                && (zooKeeperPort == null || zooKeeperPort == state.zooKeeperPort())
                && overrides.isEmpty();
        if (!same) {
            throw new CommandFailure("another cluster runs in " + known.files().directory()
                    + " (" + state.brokerPorts().size() + " brokers at " + known.bootstrap()
                    + "): bring it down first, or choose another --dir");
        }
    }

    private static void bringUp(LocalCluster cluster, List<NodeName> missing, PrintWriter out) {
        cluster.requireFreePorts(missing);
        long started = System.nanoTime();
        out.println("Starting "
                + String.join(", ", missing.stream().map(NodeName::inWords).toList()) + " in "
                + cluster.files().directory());
        Readiness readiness = new Readiness(cluster, ClusterOptions.START_TIMEOUT_MS);
        List<NodeName> brokers = new ArrayList<>(missing);
        if (brokers.remove(NodeName.ZOOKEEPER)) {
            cluster.start(NodeName.ZOOKEEPER);
        }
        readiness.awaitZooKeeper();
        brokers.forEach(cluster::start);
        readiness.awaitBrokers(cluster.brokers());
        out.printf("All of it serves after %.1f s.%n", (System.nanoTime() - started) / 1e9);
    }

    private static int checked(Integer value, int whenAbsent, String option, int max) {
        int number = value == null ? whenAbsent : value;
        CommandFailure.requireWithin(option, number, 1, max);
        return number;
    }
}
