package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent drill}: kills the controller under load and draws what happens. */
@Command(
        name = "drill",
        description = {
            "Kill the controller under load, draw the timeline, and check that nothing acknowledged is lost.",
            "Without --bootstrap, on a cluster of its own that is gone afterwards. Exits 1 when a record is lost or"
                    + " the cluster does not heal.",
            "",
            "On another cluster: --bootstrap HOST:PORT --kill-command 'ssh {host} pkill -9 -f kafka.Kafka'. The commands"
                    + " are run by the shell, with {id}, {host} and {port} filled in, also as REGENT_BROKER_ID,"
                    + " REGENT_BROKER_HOST and REGENT_BROKER_PORT."
        })
public final class DrillCommand implements Callable<Integer> {
    @Mixin
    private DrillOptions options;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "1",
            description = "Kills, one after the other (default: 1).")
    private int kills;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures and timelines to a file as well.")
    private Path json;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A broker setting for the drill's own cluster; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "Drill Apache Kafka's brokers instead, from this distribution or directory of its jars.")
    private Path kafkaHome;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "The mode of Apache Kafka: ${COMPLETION-CANDIDATES} (default: zookeeper, with --kafka-home)."
                    + " Without --kafka-home, Maven fetches Kafka 3.9 for the one and 4.3 for the other.")
    private KafkaMode mode;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT,...",
            description = "Drill this cluster instead of an own one.")
    private String bootstrap;

    @Option(names = "--kill-command", paramLabel = "CMD", description = "Kills a broker of that cluster.")
    private String killCommand;

    @Option(
            names = "--restart-command",
            paramLabel = "CMD",
            description = "Starts a killed broker of that cluster again.")
    private String restartCommand;

    @Option(
            names = "--zookeeper",
            paramLabel = "HOST:PORT,...",
            description = "ZooKeeper of that cluster, if it has one: the election is then seen to the millisecond.")
    private String zooKeeper;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        check();
        Workload workload = options.workload();
        KillPlan plan = options.plan(kills);
        PrintWriter out = spec.commandLine().getOut();
        try (DrillView view = DrillView.on(out);
                ClusterUnderTest cluster = cluster(view, out)) {
            DrillResult result = new Drill(cluster, workload, plan, view).run();
            view.finished(result);
            if (json != null) {
                DrillJson.of(result).writeTo(json);
            }
            if (bootstrap != null && !options.keep()) {
                new KafkaAccess(bootstrap, workload).deleteTopic();
            }
            return result.passed() ? 0 : 1;
        }
    }

    private ClusterUnderTest cluster(DrillView view, PrintWriter out) {
        if (bootstrap != null) {
            return new ExternalCluster(bootstrap, killCommand, restartCommand, zooKeeper);
        }
        Contestant contestant = mode == null && kafkaHome == null
                ? Contestant.regent()
                : Contestant.kafka(mode == null ? KafkaMode.zookeeper : mode, kafkaHome, out);
        return contestant.start(options.brokers(), overrides, options.keep(), view);
    }

    private void check() {
        options.check(kills, bootstrap == null);
        if (bootstrap == null && (killCommand != null || restartCommand != null || zooKeeper != null)) {
            throw new CommandFailure("--kill-command, --restart-command and --zookeeper go with --bootstrap");
        }
        if (bootstrap != null && killCommand == null) {
            throw new CommandFailure(
                    "--bootstrap needs a --kill-command: the drill cannot reach that cluster's processes");
        }
        if (bootstrap != null && (kafkaHome != null || mode != null || !overrides.isEmpty())) {
            throw new CommandFailure(
                    "--kafka-home, --mode and --override are for a cluster of the drill's own, not with --bootstrap");
        }
        if (bootstrap != null && kills > 1 && restartCommand == null) {
            throw new CommandFailure("--kills above 1 needs a --restart-command, or soon there is no broker left");
        }
    }
}
