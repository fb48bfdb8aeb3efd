package io.regent.cli.drill;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent compare failover}: the same drill on Regent, on Kafka in ZooKeeper mode and on Kafka in KRaft mode. */
@Command(
        name = "failover",
        description = {
            "Run the same drill on Regent, on Apache Kafka in ZooKeeper mode, and on Apache Kafka in KRaft mode.",
            "One cluster after the other on this machine, each with default settings, up to 1 GB of heap for a broker, the"
                    + " JVM's quick compiler, and the same load; in each, brokers are killed with kill -9 and started again. In KRaft mode each broker"
                    + " is a controller as well, and the controller that is killed is the leader of their quorum. Exits"
                    + " 1 when a record is lost or a cluster does not heal.",
            "",
            "Without --kafka-home and --kraft-home, Apache Kafka is fetched with Maven into it-tests/peers/kafka-3.9 and"
                    + " it-tests/peers/kafka-4.3. It runs without logging, Regent with its own."
        })
public final class FailoverCommand implements Callable<Integer> {
    /** Who is drilled. */
    enum Who {
        regent,
        zookeeper,
        kraft
    }

    @Mixin
    private DrillOptions options;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "3",
            description = "Kills in each cluster, one after the other (default: 3).")
    private int kills;

    @Option(
            names = "--only",
            paramLabel = "WHO,...",
            split = ",",
            description = "Drills only these: ${COMPLETION-CANDIDATES}.")
    private List<Who> only = List.of(Who.values());

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description =
                    "The Kafka in ZooKeeper mode: an unpacked Kafka 3.x distribution, or a directory with its jars.")
    private Path kafkaHome;

    @Option(
            names = "--kraft-home",
            paramLabel = "DIR",
            description =
                    "The Kafka in KRaft mode: an unpacked distribution, 3.3 or newer, or a directory with its jars.")
    private Path kraftHome;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures and timelines to a file as well.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        options.check(kills, true);
        KillPlan plan = options.plan(kills);
        PrintWriter out = spec.commandLine().getOut();
        // All are found before the first is drilled: nobody waits for minutes to hear of a wrong directory.
        List<Contestant> contestants = contestants(out);
        List<FailoverResult> results = new ArrayList<>();
        for (Contestant contestant : contestants) {
            results.add(new FailoverResult(contestant.name(), drilled(contestant, plan, out)));
            out.println();
        }
        out.println(machine());
        new FailoverReport(results).lines().forEach(out::println);
        if (json != null) {
            DrillJson.of(results).writeTo(json);
        }
        return results.stream().allMatch(result -> result.drill().passed()) ? 0 : 1;
    }

    private List<Contestant> contestants(PrintWriter out) {
        return only.stream()
                .distinct()
                .sorted()
                .map(who -> switch (who) {
                    case regent -> Contestant.regent();
                    case zookeeper -> Contestant.kafka(KafkaMode.zookeeper, kafkaHome, out);
                    case kraft -> Contestant.kafka(KafkaMode.kraft, kraftHome, out);
                })
                .toList();
    }

    private DrillResult drilled(Contestant contestant, KillPlan plan, PrintWriter out) {
        try (DrillView view = DrillView.on(out);
                ClusterUnderTest cluster = contestant.start(options.brokers(), Map.of(), options.keep(), view)) {
            DrillResult result = new Drill(cluster, options.workload(), plan, view).run();
            view.finished(result);
            return result;
        }
    }

    private static String machine() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "On %d cores, %s %s, JDK %s",
                system.getAvailableProcessors(),
                system.getName(),
                system.getVersion(),
                Runtime.version());
    }
}
