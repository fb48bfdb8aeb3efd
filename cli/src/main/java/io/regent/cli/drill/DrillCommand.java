package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.Home;
import io.regent.cli.node.KafkaLauncher;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.RegentLauncher;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
    /** Each partition every ten milliseconds: the resolution of a gap. */
    private static final long DEFAULT_RATE_PER_PARTITION = 100;

    private static final int MAX_BROKERS = 64;
    private static final int MAX_PARTITIONS = 10_000;
    private static final long MAX_RATE = 1_000_000;
    private static final int MAX_KILLS = 10_000;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "3",
            description = "Brokers of the drill's own cluster (default: 3).")
    private int brokers;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "12",
            description = "Partitions of the topic (default: 12).")
    private int partitions;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            defaultValue = "3",
            description = "Replicas of each partition (default: 3).")
    private short replicationFactor;

    @Option(
            names = "--min-insync-replicas",
            paramLabel = "N",
            defaultValue = "2",
            description = "The topic's min.insync.replicas (default: 2).")
    private int minInsyncReplicas;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Records a second over all partitions (default: 100 a partition).")
    private Long rate;

    @Option(
            names = "--kills",
            paramLabel = "N",
            defaultValue = "1",
            description = "Kills, one after the other (default: 1).")
    private int kills;

    @Option(
            names = "--victim",
            paramLabel = "WHO",
            defaultValue = "controller",
            description = "controller, leader (of partition 0) or a broker id (default: controller).")
    private String victim;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "The longest wait for the cluster to heal (default: 120).")
    private int patienceSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures and timelines to a file as well.")
    private Path json;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "A broker setting for the drill's own cluster; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--keep", description = "Leave the own cluster's directory, with its logs, when all is over.")
    private boolean keep;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "Drill Apache Kafka's brokers in ZooKeeper mode instead, from this Kafka 3.x distribution.")
    private Path kafkaHome;

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
        long run = new SecureRandom().nextLong();
        Workload workload = new Workload(
                "regent-drill-" + Long.toHexString(run),
                run,
                partitions,
                replicationFactor,
                minInsyncReplicas,
                rate == null ? DEFAULT_RATE_PER_PARTITION * partitions : rate);
        KillPlan plan = new KillPlan(kills, Victim.parse(victim), patienceSeconds * 1_000L);
        PrintWriter out = spec.commandLine().getOut();
        try (DrillView view = Home.onTerminal() ? new LiveView(out) : new PlainView(out);
                ClusterUnderTest cluster = cluster(view)) {
            DrillResult result = new Drill(cluster, workload, plan, view).run();
            view.finished(result);
            if (json != null) {
                DrillJson.write(result, json);
            }
            if (bootstrap != null && !keep) {
                new KafkaAccess(bootstrap, workload).deleteTopic();
            }
            return result.passed() ? 0 : 1;
        }
    }

    private ClusterUnderTest cluster(DrillView view) {
        if (bootstrap != null) {
            return new ExternalCluster(bootstrap, killCommand, restartCommand, zooKeeper);
        }
        NodeLauncher launcher = kafkaHome == null ? new RegentLauncher() : new KafkaLauncher(kafkaHome);
        view.say("Starting a ZooKeeper and " + brokers + " brokers of " + launcher.name());
        return OwnCluster.start(launcher, brokers, overrides, keep);
    }

    private void check() {
        within("--brokers", brokers, MAX_BROKERS);
        within("--partitions", partitions, MAX_PARTITIONS);
        within("--rate", rate == null ? 1 : rate, MAX_RATE);
        within("--kills", kills, MAX_KILLS);
        within("--patience", patienceSeconds, Integer.MAX_VALUE / 1_000);
        within("--replication-factor", replicationFactor, bootstrap == null ? brokers : Short.MAX_VALUE);
        within("--min-insync-replicas", minInsyncReplicas, replicationFactor);
        if (bootstrap == null && (killCommand != null || restartCommand != null || zooKeeper != null)) {
            throw new CommandFailure("--kill-command, --restart-command and --zookeeper go with --bootstrap");
        }
        if (bootstrap != null && killCommand == null) {
            throw new CommandFailure(
                    "--bootstrap needs a --kill-command: the drill cannot reach that cluster's processes");
        }
        if (bootstrap != null && (kafkaHome != null || !overrides.isEmpty())) {
            throw new CommandFailure(
                    "--kafka-home and --override are for a cluster of the drill's own, not with --bootstrap");
        }
        if (bootstrap != null && kills > 1 && restartCommand == null) {
            throw new CommandFailure("--kills above 1 needs a --restart-command, or soon there is no broker left");
        }
    }

    private static void within(String option, long value, long max) {
        if (value < 1 || value > max) {
            throw new CommandFailure(option + " must be between 1 and " + max + ", not " + value);
        }
    }
}
