package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.ControllerSeat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One kill: whom, what happened after it, and the broker's return.
 *
 * <p>Run once, by the drill's thread; the witness and the controller's watch mark the timeline from theirs.
 */
final class DrillRound {
    /** As many partitions as fit one line of a timeline. */
    private static final int MAX_TOLD_PARTITIONS = 24;

    /** Lets the gap that the kill made end before the restart makes its own. */
    private static final long SETTLE_MS = 500;

    /** A process that died has been noticed by then; of a host that was lost nobody may ever notice anything. */
    private static final long NOTICE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DrillScene scene;
    private final Endpoint victim;
    private final ControllerSeat rulesBefore;
    private final List<Integer> interrupted;
    private final Set<Integer> toldWritable = new HashSet<>();
    private Timeline timeline;
    private int shown;

    DrillRound(DrillScene scene, Observation before, ControllerSeat rules, Endpoint victim) {
        this.scene = scene;
        this.victim = victim;
        this.rulesBefore = rules;
        this.interrupted = before.partitions().entrySet().stream()
                .filter(partition -> partition.getValue().leader() == victim.id())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** What this round is about, for a person to read. */
    String title() {
        String epoch = rulesBefore.epoch() == ControllerSeat.UNKNOWN_EPOCH ? "" : " with epoch " + rulesBefore.epoch();
        String rule = victimRuled() ? ", which rules" + epoch + " and" : ", which";
        return "kill -9 broker " + victim.id() + rule + " leads " + interrupted.size() + " of "
                + scene.workload().partitions() + " partitions";
    }

    private boolean victimRuled() {
        return rulesBefore.brokerId() == victim.id();
    }

    RoundResult run() {
        boolean recovered;
        try (DeathWitness witness = new DeathWitness(victim, this::witnessed)) {
            kill();
            recovered = awaitRecovery();
        } catch (IOException e) {
            throw new CommandFailure(
                    "broker " + victim.id() + " at " + victim.address() + " takes no connection: " + e.getMessage(), e);
        }
        scene.patience().pass(SETTLE_MS);
        if (scene.cluster().canRestart()) {
            recovered &= restart();
        }
        scene.controllerWatch().ifPresent(watch -> watch.listen(null));
        scene.ledger().noteSilenceUntil(System.nanoTime());
        return new RoundResult(
                victim,
                rulesBefore,
                interrupted,
                timeline.all(),
                scene.ledger().partitions().stream()
                        .map(PartitionLedger::roundLongestGapNanos)
                        .toList(),
                recovered);
    }

    private void kill() {
        long now = System.nanoTime();
        timeline = new Timeline(now);
        Timeline marks = timeline;
        scene.controllerWatch().ifPresent(watch -> watch.listen(new ReignMarks(marks, rulesBefore)));
        scene.ledger().killed(now);
        String what = scene.cluster().kill(victim);
        timeline.mark(Stage.KILLED, now, what);
    }

    private void witnessed(long nanos) {
        Timeline marks = timeline;
        if (marks != null
                && marks.markOnce(
                        Stage.NOTICED, nanos, "a client, whose connection to broker " + victim.id() + " closed")) {
            scene.ledger().died(nanos);
        }
    }

    private boolean awaitRecovery() {
        boolean recovered = scene.patience().await(this::lookForRecovery);
        if (!recovered) {
            timeline.mark(
                    Stage.GAVE_UP,
                    System.nanoTime(),
                    "not every partition takes writes again after "
                            + scene.patience().limitMs() / 1_000 + " s");
        }
        show();
        return recovered;
    }

    private boolean lookForRecovery() {
        Optional<Observation> seen = scene.observer().observeWithout(victim);
        long now = System.nanoTime();
        seen.ifPresent(observation -> markWhatMoved(observation, now));
        // A dying process may still take a write or two.
        boolean surelyDead = timeline.reached(Stage.NOTICED) || now - timeline.killedNanos() > NOTICE_NANOS;
        boolean writable = surelyDead && markWritable(seen.orElse(null));
        show();
        return writable
                && timeline.reached(Stage.LEADERS_MOVED)
                && (!victimRuled() || timeline.reached(Stage.ELECTED))
                && timeline.markOnce(
                        Stage.RECOVERED,
                        lastWritableNanos(),
                        "all " + scene.workload().partitions() + " partitions take writes");
    }

    private void markWhatMoved(Observation observation, long now) {
        ControllerSeat seat = observation.seat();
        boolean watched = scene.controllerWatch().isPresent();
        if (!watched && victimRuled() && seat.taken() && seat.brokerId() != victim.id()) {
            timeline.markOnce(Stage.ELECTED, now, ReignMarks.text(rulesBefore, seat));
        }
        if (observation.ledWithout(victim.id(), scene.workload().partitions())) {
            timeline.markOnce(
                    Stage.LEADERS_MOVED,
                    now,
                    interrupted.size() + " partitions, as broker "
                            + observation.teller().id() + " tells");
        }
    }

    /**
     * Marks the partitions that took a write since the last look, those of one leader together; tells whether all of them have.
     * A partition that the victim did not lead may wait as well: for the ISR to let go of it.
     */
    private boolean markWritable(Observation observation) {
        SortedMap<Integer, List<PartitionLedger>> newByLeader = new TreeMap<>();
        for (PartitionLedger partition : scene.ledger().partitions()) {
            if (partition.writableAgainNanos() != 0 && toldWritable.add(partition.partition())) {
                newByLeader
                        .computeIfAbsent(leaderOf(observation, partition.partition()), leader -> new ArrayList<>())
                        .add(partition);
            }
        }
        newByLeader.forEach(this::markWritable);
        return toldWritable.size() == scene.workload().partitions();
    }

    private void markWritable(int leader, List<PartitionLedger> partitions) {
        long last = partitions.stream()
                .mapToLong(PartitionLedger::writableAgainNanos)
                .max()
                .orElseThrow();
        String numbers = partitions.stream()
                .limit(MAX_TOLD_PARTITIONS)
                .map(partition -> Integer.toString(partition.partition()))
                .collect(Collectors.joining(", "));
        int rest = partitions.size() - MAX_TOLD_PARTITIONS;
        timeline.mark(
                Stage.WRITABLE,
                last,
                (partitions.size() == 1 ? "partition " : "partitions ")
                        + numbers
                        + (rest > 0 ? " and " + rest + " more" : "")
                        + (leader < 0 ? "" : ", led by broker " + leader));
    }

    private static int leaderOf(Observation observation, int partition) {
        Observation.Led led =
                observation == null ? null : observation.partitions().get(partition);
        return led == null ? ControllerSeat.NOBODY : led.leader();
    }

    private long lastWritableNanos() {
        return scene.ledger().partitions().stream()
                .mapToLong(PartitionLedger::writableAgainNanos)
                .max()
                .orElse(timeline.killedNanos());
    }

    private boolean restart() {
        timeline.mark(Stage.RESTARTED, System.nanoTime(), scene.cluster().restart(victim));
        boolean inSync = scene.patience().await(() -> {
            boolean rejoined = scene.observer()
                    .observeWithout(victim)
                    .filter(observation ->
                            observation.inSync(victim.id(), scene.workload().partitions()))
                    .isPresent();
            show();
            return rejoined;
        });
        timeline.mark(
                inSync ? Stage.REJOINED : Stage.GAVE_UP,
                System.nanoTime(),
                "broker " + victim.id()
                        + (inSync
                                ? ", of every partition that it holds"
                                : " is not back in the ISR after "
                                        + scene.patience().limitMs() / 1_000 + " s"));
        show();
        return inSync;
    }

    private void show() {
        List<Moment> news = timeline.since(shown);
        shown += news.size();
        news.forEach(scene.view()::moment);
    }
}
