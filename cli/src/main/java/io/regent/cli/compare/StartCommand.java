package io.regent.cli.compare;

import static io.regent.cli.CommandFailure.requireWithin;

import io.regent.cli.node.BrokerJvm;
import io.regent.cli.node.KafkaJars;
import io.regent.cli.node.KafkaLauncher;
import io.regent.cli.node.RegentLauncher;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code regent compare start}: how soon a broker serves, and what it takes when idle. */
@Command(
        name = "start",
        description = {
            "Measure how soon a broker serves, and how much memory it takes when idle.",
            "One broker at a time, alone on a ZooKeeper, on the same JVM with the flags of its own start script:"
                    + " conf/broker.jvm, and those of kafka-server-start.sh; the two take turns. In each round a broker starts on an empty log directory, and again on"
                    + " that directory with a topic in it. It serves when it answers a Metadata request, knows"
                    + " itself as the controller, and leads every partition of the topic.",
            "",
            "Without --kafka-home, Apache Kafka is fetched with Maven into it-tests/peers/kafka-3.9/target/lib. It runs"
                    + " without logging, Regent with its own."
        })
final class StartCommand implements Runnable {
    private static final int MAX_ROUNDS = 1_000;
    private static final int MAX_IDLE_SECONDS = 3_600;
    private static final int MAX_PARTITIONS = 10_000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each is started in each way (default: 5).")
    private int rounds;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a broker idles before its memory is read (default: 5).")
    private int idleSeconds;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "20",
            description = "Partitions of the topic (default: 20).")
    private int partitions;

    @Option(
            names = "--kafka-home",
            paramLabel = "DIR",
            description = "An unpacked Kafka 3.x distribution, or a directory with its jars.")
    private Path kafkaHome;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        requireWithin("--rounds", rounds, 1, MAX_ROUNDS);
        requireWithin("--idle", idleSeconds, 1, MAX_IDLE_SECONDS);
        requireWithin("--partitions", partitions, 1, MAX_PARTITIONS);
        PrintWriter out = spec.commandLine().getOut();
        KafkaLauncher kafka =
                new KafkaLauncher(kafkaHome == null ? KafkaJars.fetched(out) : kafkaHome, BrokerJvm.KAFKAS_OWN);
        List<Contestant> contestants = List.of(
                new Contestant("Regent", new RegentLauncher(BrokerJvm.regentsOwn())),
                new Contestant("Kafka " + kafka.version(), kafka));
        out.println("Each broker alone: Regent with " + String.join(" ", BrokerJvm.regentsOwn()));
        out.println("Kafka with " + String.join(" ", BrokerJvm.KAFKAS_OWN));
        out.println(machine());
        StartSamples samples = new StartSamples();
        try (StartTrials trials = StartTrials.open(partitions, idleSeconds * 1_000L)) {
            for (int round = 1; round <= rounds; round++) {
                for (Contestant contestant : contestants) {
                    for (Measurement measured : trials.run(contestant)) {
                        samples.add(contestant.name(), measured);
                        out.println("Round " + round + " of " + rounds + ": " + contestant.name() + " " + measured);
                    }
                }
            }
        }
        out.println();
        new StartReport(contestants.stream().map(Contestant::name).toList(), samples, partitions, idleSeconds)
                .lines()
                .forEach(out::println);
    }

    private static String machine() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "On %d cores, with a load of %.1f before the first start",
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
    }
}
