package io.regent.cli.drill;

import static io.regent.cli.CommandFailure.requireWithin;

import io.regent.cli.CommandFailure;
import java.security.SecureRandom;
import picocli.CommandLine.Option;

/**
 * The options that every command shares which drills: how large a cluster, what is written to it, whom to kill.
 *
 * <p>Filled by the command line; one thread.
 */
final class DrillOptions {
    /**
     * Each partition every 20 ms, which is the resolution of a gap. Twice as many fill two slow cores before anybody dies, and
     * then a drill measures the queue for a core.
     */
    private static final long DEFAULT_RATE_PER_PARTITION = 50;

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
            description = "Records a second over all partitions (default: 50 a partition).")
    private Long rate;

    @Option(
            names = "--victim",
            paramLabel = "WHO",
            defaultValue = "controller",
            description =
                    "controller, leader (of partition 0), follower (the broker that leads most of those that do not"
                            + " rule) or a broker id (default: controller).")
    private String victim;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long the healthy cluster is left alone before each kill (default: 5).")
    private int pauseSeconds;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "The longest wait for the cluster to heal (default: 120).")
    private int patienceSeconds;

    @Option(names = "--keep", description = "Leave the own cluster's directory, with its logs, when all is over.")
    private boolean keep;

    /**
     * Refuses what cannot be.
     *
     * @param ownCluster whether the cluster is of the drill's own, so that its size is known
     * @throws CommandFailure naming the option
     */
    void check(int kills, boolean ownCluster) {
        requireWithin("--brokers", brokers, 1, MAX_BROKERS);
        requireWithin("--partitions", partitions, 1, MAX_PARTITIONS);
        requireWithin("--rate", rate == null ? 1 : rate, 1, MAX_RATE);
        requireWithin("--kills", kills, 1, MAX_KILLS);
        requireWithin("--pause", pauseSeconds, 0, Integer.MAX_VALUE / 1_000);
        requireWithin("--patience", patienceSeconds, 1, Integer.MAX_VALUE / 1_000);
        requireWithin("--replication-factor", replicationFactor, 1, ownCluster ? brokers : Short.MAX_VALUE);
        requireWithin("--min-insync-replicas", minInsyncReplicas, 1, replicationFactor);
    }

    int brokers() {
        return brokers;
    }

    boolean keep() {
        return keep;
    }

    /** A workload with a topic of its own, another one at each call. */
    Workload workload() {
        long run = new SecureRandom().nextLong();
        return new Workload(
                "regent-drill-" + Long.toHexString(run),
                run,
                partitions,
                replicationFactor,
                minInsyncReplicas,
                rate == null ? DEFAULT_RATE_PER_PARTITION * partitions : rate);
    }

    /** @throws CommandFailure when the victim is nobody */
    KillPlan plan(int kills) {
        return new KillPlan(kills, Victim.parse(victim), pauseSeconds * 1_000L, patienceSeconds * 1_000L);
    }
}
