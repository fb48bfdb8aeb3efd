package io.regent.cli.bench;

import static io.regent.cli.CommandFailure.requireWithin;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.KafkaJars;
import io.regent.cli.node.KafkaLauncher;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.RegentLauncher;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent compare controller}: what a controller takes for what it does, amid many partitions. */
@Command(
        name = "controller",
        description = {
            "Measure controllers from outside: takeovers, the death and return of a broker, the creation of topics, memory.",
            "Each contestant gets a ZooKeeper of its own, filled with so many partitions of three replicas, and brokers"
                    + " that store nothing: they are registered, answer the controller's requests, and write down"
                    + " when they were told what. It runs as two nodes, one of which rules; they are killed with kill -9."
                    + " At the end, what each broker was last told of each partition is held against ZooKeeper.",
            "",
            "Without --kafka-home, Apache Kafka is fetched with Maven into it-tests/peers/kafka-3.9/target/lib. Both run"
                    + " with their default settings, but for auto.leader.rebalance.enable=false and"
                    + " controlled.shutdown.enable=false, and with the JVM flags of their own start scripts: conf/broker.jvm, and those of kafka-server-start.sh."
        })
public final class ControllerCommand implements Runnable {
    private static final int MIN_PARTITIONS = 10;
    private static final int MAX_PARTITIONS = 2_000_000;
    private static final int MAX_PARTITIONS_PER_TOPIC = 10_000;
    private static final int MAX_BROKERS = 50;
    private static final int MAX_CREATED = 20_000;
    private static final int MAX_STANDBY_SECONDS = 3_600;

    /** Who is measured. */
    enum Who {
        regent,
        kafka
    }

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "200000",
            description = "How many partitions there are (default: 200000).")
    private int partitions;

    @Option(
            names = "--partitions-per-topic",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many of them a topic has (default: 50).")
    private int partitionsPerTopic;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many brokers there are to tell (default: 5).")
    private int brokers;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often all but the cold start is measured, up to 3 (default: 1).")
    private int rounds;

    @Option(
            names = "--created",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Partitions of the large topic that is created (default: 10000).")
    private int created;

    @Option(
            names = "--standby",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long a standby stands by before it takes over (default: 15).")
    private int standbySeconds;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description =
                    "Heap of either, from the start (default: each one's own; 4G for Kafka from 300000 partitions on).")
    private String heap;

    @Option(names = "--only", paramLabel = "WHO", description = "Measures only one: ${COMPLETION-CANDIDATES}.")
    private Who only;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "An unpacked Kafka 3.x distribution, or a directory with its jars.")
    private Path kafkaHome;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where ZooKeeper and the nodes keep their files (default: a new one in /dev/shm, else in /tmp).")
    private Path directory;

    @Option(
            names = "--keep-up",
            description = "Also has a standby beside another death and return, measures how it keeps up, and kills the"
                    + " controller a second after one more death. Only with one round.")
    private boolean keepUp;

    @Option(names = "--keep", description = "Leaves the files behind, logs included.")
    private boolean keep;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes all figures to this file.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        requireWithin("--partitions", partitions, MIN_PARTITIONS, MAX_PARTITIONS);
        requireWithin("--partitions-per-topic", partitionsPerTopic, 1, MAX_PARTITIONS_PER_TOPIC);
        requireWithin("--brokers", brokers, Catalog.MIN_BROKERS, MAX_BROKERS);
        requireWithin("--rounds", rounds, 1, Catalog.LEADERS);
        requireWithin("--rounds with --keep-up", rounds, 1, keepUp ? 1 : Catalog.LEADERS);
        requireWithin("--created", created, 1, MAX_CREATED);
        requireWithin("--standby", standbySeconds, 0, MAX_STANDBY_SECONDS);
        run(spec.commandLine().getOut(), new WorkDirectory(directory, keep));
    }

    private void run(PrintWriter out, WorkDirectory work) {
        BenchSettings settings = settings(work);
        Map<String, NodeLauncher> contestants = contestants(out, settings, work);
        List<String> facts = facts(settings);
        facts.forEach(out::println);
        HarnessWarmUp.run(out::println);
        List<Trial.Result> results = new ArrayList<>();
        contestants.forEach((name, launcher) ->
                results.add(Trial.run(name, new BenchLauncher(launcher, settings), settings, out::println)));
        out.println();
        new Report(results).lines().forEach(out::println);
        if (json != null) {
            BenchJson.of(settings, facts, results).writeTo(json);
        }
        if (!results.stream().allMatch(result -> result.verification().passed())) {
            throw new CommandFailure("brokers were told what is not so");
        }
    }

    private BenchSettings settings(WorkDirectory work) {
        return new BenchSettings(
                partitions,
                partitionsPerTopic,
                brokers,
                rounds,
                created,
                standbySeconds * 1_000L,
                Optional.ofNullable(heap),
                work.path(),
                keep,
                keepUp);
    }

    private Map<String, NodeLauncher> contestants(PrintWriter out, BenchSettings settings, WorkDirectory work) {
        Map<String, NodeLauncher> contestants = new LinkedHashMap<>();
        if (only != Who.kafka) {
            contestants.put("Regent", new RegentLauncher(settings.regentJvm()));
        }
        if (only != Who.regent) {
            List<String> jvm = new ArrayList<>(settings.kafkaJvm());
            jvm.add("-Dlog4j.configuration=" + work.kafkaLogging().toUri());
            KafkaLauncher kafka = new KafkaLauncher(kafkaHome == null ? KafkaJars.fetched(out) : kafkaHome, jvm);
            contestants.put("Kafka " + kafka.version(), kafka);
        }
        return contestants;
    }

    private static List<String> facts(BenchSettings settings) {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%d partitions in topics of %d, three replicas each on %d brokers; two nodes to rule them",
                        settings.partitions(),
                        settings.partitionsPerTopic(),
                        settings.brokers()),
                String.format(
                        Locale.ROOT,
                        "On %d cores with a load of %.1f, JDK %s, %s",
                        system.getAvailableProcessors(),
                        system.getSystemLoadAverage(),
                        Runtime.version(),
                        system.getName() + " " + system.getVersion()),
                "Regent with " + String.join(" ", settings.regentJvm()) + " (conf/broker.jvm)",
                "Kafka with " + String.join(" ", settings.kafkaJvm())
                        + " (kafka-server-start.sh); it logs warnings only",
                "ZooKeeper " + Version.getVersion() + " with " + String.join(" ", settings.zooKeeperJvm())
                        + " and its default settings, files in " + settings.directory());
    }
}
