package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.ControllerSeat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Runs a drill from the making of its topic to the comparison of what was acknowledged with what is in the log.
 *
 * <p>Run once, by one thread. Never judges by what it wrote alone: everything is read back from the beginning.
 */
final class Drill {
    /** How long the group's consumer may take to catch up with a log that grows no more. */
    private static final long CATCH_UP_MS = 30_000;

    /** A stretch of quiet after each kill, so that a gap belongs to one of them. */
    private static final long QUIET_MS = 1_000;

    private final ClusterUnderTest cluster;
    private final Workload workload;
    private final KillPlan plan;
    private final DrillView view;
    private final KafkaAccess kafka;
    private final Patience patience;

    Drill(ClusterUnderTest cluster, Workload workload, KillPlan plan, DrillView view) {
        this.cluster = cluster;
        this.workload = workload;
        this.plan = plan;
        this.view = view;
        this.kafka = new KafkaAccess(cluster.bootstrap(), workload);
        this.patience = new Patience(plan.patienceMs(), view::tick);
    }

    /** @throws CommandFailure when the drill cannot be done; what the cluster did wrong is in the result instead */
    DrillResult run() {
        view.say("Drill on " + cluster.description());
        requireReachable();
        kafka.createTopic();
        view.say("Topic " + workload.topic() + ": " + workload.partitions() + " partitions, "
                + workload.replicationFactor() + " replicas, min.insync.replicas " + workload.minInsyncReplicas()
                + "; " + workload.recordsPerSecond() + " records/s with acks=all, idempotent");
        WriteLedger ledger = new WriteLedger(workload.partitions());
        try (ClusterObserver observer = new ClusterObserver(cluster.bootstrap(), workload.topic());
                ControllerWatch watch =
                        cluster.zooKeeper().map(ControllerWatch::new).orElse(null);
                LoadGenerator load = new LoadGenerator(kafka.producer(), workload, ledger);
                LiveConsumer consumer = new LiveConsumer(kafka.groupConsumer(), workload)) {
            DrillScene scene =
                    new DrillScene(cluster, workload, ledger, observer, Optional.ofNullable(watch), patience, view);
            awaitHealth(scene);
            startLoad(ledger, load, consumer);
            List<RoundResult> rounds = new ArrayList<>();
            for (int number = 1; number <= plan.rounds() && (rounds.isEmpty() || lastRecovered(rounds)); number++) {
                rounds.add(round(scene, number));
            }
            return finish(ledger, load, consumer, rounds);
        }
    }

    private void requireReachable() {
        try (ClusterObserver observer = new ClusterObserver(cluster.bootstrap(), workload.topic())) {
            if (observer.observe().isEmpty()) {
                throw new CommandFailure("no broker at " + cluster.bootstrap() + " answers");
            }
        }
    }

    /** A cluster that did not heal is not hurt again: its books are closed as they are. */
    private static boolean lastRecovered(List<RoundResult> rounds) {
        return rounds.get(rounds.size() - 1).recovered();
    }

    private void startLoad(WriteLedger ledger, LoadGenerator load, LiveConsumer consumer) {
        consumer.start();
        load.start();
        view.load(new Status(ledger, load, consumer));
        boolean flows = patience.await(() -> ledger.allAcknowledgedSomething() && consumer.distinct() > 0);
        if (!flows) {
            String trouble = load.lastError().isEmpty() ? consumer.lastError() : load.lastError();
            throw new CommandFailure(
                    "records do not flow before anything was killed" + (trouble.isEmpty() ? "" : ": " + trouble));
        }
    }

    private RoundResult round(DrillScene scene, int number) {
        awaitHealth(scene);
        balance();
        patience.pass(plan.pauseMs());
        Observation before = awaitHealth(scene);
        ControllerSeat rules = scene.controllerWatch().map(ControllerWatch::now).orElse(before.seat());
        DrillRound round = new DrillRound(scene, before, rules, choose(before, rules));
        view.round("Kill " + number + " of " + plan.rounds() + ": " + round.title());
        RoundResult result = round.run();
        patience.pass(QUIET_MS);
        return result;
    }

    /** So that each kill hits the same cluster, and not one whose last victim leads nothing. */
    private void balance() {
        List<String> trouble = new ArrayList<>();
        boolean balanced = patience.await(() -> {
            trouble.clear();
            kafka.electPreferredLeaders().ifPresent(trouble::add);
            return trouble.isEmpty();
        });
        if (!balanced) {
            throw new CommandFailure("the leaders of " + workload.topic()
                    + " do not go back to the preferred replicas: " + trouble.getFirst());
        }
    }

    private Observation awaitHealth(DrillScene scene) {
        Observation[] last = new Observation[1];
        boolean healthy = patience.await(() -> {
            last[0] = scene.observer().observe().orElse(null);
            return last[0] != null && last[0].healthy(workload.partitions());
        });
        if (!healthy) {
            throw new CommandFailure(
                    last[0] == null
                            ? "no broker at " + cluster.bootstrap() + " answers"
                            : "the cluster is not healthy before a kill: "
                                    + (last[0].seat().taken()
                                            ? "not every replica of " + workload.topic() + " is in sync"
                                            : "nobody rules"));
        }
        return last[0];
    }

    private Endpoint choose(Observation before, ControllerSeat rules) {
        int id = switch (plan.victim()) {
            case Victim.Controller c -> rules.brokerId();
            case Victim.Leader l -> before.partitions().get(0).leader();
            case Victim.Follower f ->
                before.leadsMostBesides(rules.brokerId())
                        .orElseThrow(
                                () -> new CommandFailure("only the controller lives: there is no follower to kill"));
            case Victim.Broker broker -> broker.id();
        };
        Endpoint victim = before.live().get(id);
        if (victim == null) {
            throw new CommandFailure("broker " + id + " is not one of the live brokers "
                    + before.live().keySet().stream().sorted().toList());
        }
        return victim;
    }

    private DrillResult finish(
            WriteLedger ledger, LoadGenerator load, LiveConsumer consumer, List<RoundResult> rounds) {
        view.say("");
        view.say("Reading everything back");
        load.finish();
        view.load(null);
        ReadBack readBack = kafka.readBack(view::tick);
        Verdict verdict = Verifier.verify(ledger.writes(), readBack);
        long inLog = ledger.partitions().stream()
                .mapToLong(partition -> readBack.distinct(partition.partition()))
                .sum();
        patience.await(() -> consumer.distinct() >= inLog, CATCH_UP_MS);
        return new DrillResult(
                cluster.description(),
                workload,
                List.copyOf(rounds),
                longestGaps(rounds),
                verdict,
                consumer.distinct());
    }

    /** Of each partition. What the drill itself holds up between the kills, by moving leaders back, does not count. */
    private List<Long> longestGaps(List<RoundResult> rounds) {
        return IntStream.range(0, workload.partitions())
                .mapToObj(partition -> rounds.stream()
                        .map(round -> round.longestGapsNanos().get(partition))
                        .max(Comparator.naturalOrder())
                        .orElse(0L))
                .toList();
    }

    private record Status(WriteLedger ledger, LoadGenerator load, LiveConsumer consumer)
            implements DrillView.LoadStatus {
        @Override
        public long consumed() {
            return consumer.distinct();
        }

        @Override
        public String trouble() {
            return load.lastError();
        }
    }
}
