package io.regent.controller;

import io.regent.controller.Asks.PartitionChange;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * AlterPartition (KIP-497): leaders ask for another ISR. The checks, their order and their codes are those of Kafka's
 * ZooKeeper-mode controller, and then those that it lacks and KRaft has. An ISR that
 * holds all of a reassignment's target ends it in the same step. Pure.
 */
final class IsrChanges {

    private final ControllerSettings settings;
    private final Reign reign;

    IsrChanges(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    Decision asked(ClusterImage now, Asks.AlterPartition ask) {
        Draft draft = new Draft(now, reign);
        boolean sameLife = now.broker(ask.brokerId())
                .filter(b -> b.epoch() == ask.brokerEpoch())
                .isPresent();
        if (!sameLife) {
            Outcome stale = Outcome.refused(
                    Fault.STALE_BROKER_EPOCH,
                    "Broker " + ask.brokerId() + " does not live with epoch " + ask.brokerEpoch() + ".");
            return draft.decide(new Answer.PartitionsAltered(stale, List.of()));
        }
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        List<Answer.AlteredPartition> results = new ArrayList<>();
        for (PartitionChange change : ask.partitions()) {
            results.add(alter(draft, reconsideration, now, ask.brokerId(), change));
        }
        return draft.decide(new Answer.PartitionsAltered(Outcome.OK, results));
    }

    /**
     * Leaders wrote states themselves. They are taken as they are, if newer than those that are known; all brokers are
     * told, and a reassignment that they complete ends.
     */
    Decision observed(ClusterImage now, Event.IsrChangesObserved event) {
        ImageEditor editor = now.edit();
        PartitionSet.Builder learned = PartitionSet.builder();
        event.states().forEach((partition, state) -> {
            PartitionState known = now.state(partition);
            if (known.exists() && state.version() > known.version()) {
                editor.setState(partition, state);
                learned.add(partition);
            }
        });
        Draft draft = new Draft(editor.image(), reign);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        learned.build().forEach(partition -> {
            draft.tellLearned(partition);
            reconsideration.decide(partition);
        });
        event.notifications().forEach(draft::consume);
        return draft.decide();
    }

    /** A leader that is told of an unknown id asks no more in its epoch, and its topic may be one that is mended later. */
    private static Outcome unknownTopic(ClusterImage now) {
        boolean mayBeUnreadable = now.topics().stream().anyMatch(TopicImage::isUnreadable);
        return mayBeUnreadable
                ? unknowable("Perhaps the topic of this id")
                : Outcome.refused(Fault.UNKNOWN_TOPIC_ID, "No topic has this id.");
    }

    private static Answer.AlteredPartition alter(
            Draft draft, Reconsideration reconsideration, ClusterImage now, int brokerId, PartitionChange change) {
        Optional<TopicImage> topic = change.topic().isById()
                ? now.topic(change.topic().id())
                : now.topic(change.topic().name());
        if (topic.isEmpty() && change.topic().isById()) {
            return refused(change, unknownTopic(now));
        }
        PartitionId partition = new PartitionId(
                topic.map(TopicImage::name).orElse(change.topic().name()), change.partition());
        PartitionState state = draft.state(partition);
        boolean isUnreadable =
                state.isUnreadable() || topic.filter(TopicImage::isUnreadable).isPresent();
        if (isUnreadable && !now.isBeingDeleted(partition.topic())) {
            return refused(change, unknowable(partition.toString()));
        }
        if (!state.exists() || now.isBeingDeleted(partition.topic())) {
            return refused(change, Outcome.refused(Fault.UNKNOWN_TOPIC_OR_PARTITION, partition + " does not exist."));
        }
        Outcome outcome = checkEpochs(state, change);
        if (outcome.isOk() && isThereAlready(state, brokerId, change)) {
            return new Answer.AlteredPartition(change.topic(), change.partition(), Outcome.OK, state);
        }
        if (outcome.isOk()) {
            outcome = checkChange(now, partition, state, brokerId, change);
        }
        if (!outcome.isOk()) {
            if (outcome.fault() == Fault.INVALID_UPDATE_VERSION && state.leader() == brokerId) {
                tellLeaderAnew(draft, partition, state);
            }
            return refused(change, outcome);
        }
        draft.changeIsr(partition, change.isr(), change.recovery());
        reconsideration.progress(partition);
        return new Answer.AlteredPartition(change.topic(), change.partition(), Outcome.OK, draft.state(partition));
    }

    /**
     * A leader that is behind in its own leader epoch hears nothing of the state that holds, and every later change of the
     * ISR would be refused too (KAFKA-2729); in a new leader epoch it is told.
     */
    private static void tellLeaderAnew(Draft draft, PartitionId partition, PartitionState state) {
        draft.elect(
                partition,
                new LeaderElection.Result(state.leader(), state.isr(), state.recovery(), Reason.LEADER_BEHIND));
    }

    /**
     * What cannot be read may be mended. Kafka's leaders repeat what fails in this way, and wait for a new leader epoch
     * after any error that says that a topic or partition is not there; NOT_CONTROLLER, which they repeat too, would hold
     * up the other partitions of their request. INELIGIBLE_REPLICA would have them go back to the ISR that they know to be
     * written; but the change may have been made, and its answer lost, and then that ISR is too small.
     */
    private static Outcome unknowable(String what) {
        return Outcome.refused(Fault.UNKNOWN_SERVER_ERROR, what + " stands in a znode that cannot be read.");
    }

    private static Answer.AlteredPartition refused(PartitionChange change, Outcome outcome) {
        return new Answer.AlteredPartition(change.topic(), change.partition(), outcome, PartitionState.NONE);
    }

    private static Outcome checkEpochs(PartitionState state, PartitionChange change) {
        if (change.leaderEpoch() > state.leaderEpoch() || change.partitionEpoch() > state.version()) {
            return Outcome.refused(Fault.NOT_CONTROLLER, "The leader knows newer epochs than this controller.");
        }
        if (change.leaderEpoch() < state.leaderEpoch()) {
            return Outcome.refused(
                    Fault.FENCED_LEADER_EPOCH,
                    "Leader epoch " + change.leaderEpoch() + " is over, it is " + state.leaderEpoch() + " now.");
        }
        return Outcome.OK;
    }

    /** Whether this is what holds already, so that a repeated request (a reply was lost) succeeds again. */
    private static boolean isThereAlready(PartitionState state, int brokerId, PartitionChange change) {
        return state.leader() == brokerId && state.isr().equals(change.isr()) && state.recovery() == change.recovery();
    }

    /**
     * Whether a member's broker lives the life that is meant (KIP-903): one that restarted after it had caught up may have
     * lost what it had.
     */
    private static boolean livesAs(ClusterImage now, int brokerId, PartitionChange change) {
        Long meant = change.brokerEpochs().get(brokerId);
        return meant == null
                || now.broker(brokerId)
                        .filter(broker -> broker.epoch() == meant)
                        .isPresent();
    }

    private static Outcome checkChange(
            ClusterImage now, PartitionId partition, PartitionState state, int brokerId, PartitionChange change) {
        Replicas isr = change.isr();
        if (change.partitionEpoch() < state.version()) {
            return Outcome.refused(
                    Fault.INVALID_UPDATE_VERSION,
                    "Partition epoch " + change.partitionEpoch() + " is over, it is " + state.version() + " now.");
        }
        if (change.recovery() == LeaderRecovery.RECOVERING && isr.size() > 1) {
            return Outcome.refused(
                    Fault.INVALID_REQUEST, "A leader that recovers is alone in its ISR, not " + isr + ".");
        }
        if (change.recovery() == LeaderRecovery.RECOVERING && state.recovery() == LeaderRecovery.RECOVERED) {
            return Outcome.refused(Fault.INVALID_REQUEST, "A leader that has recovered does not begin again.");
        }
        if (state.leader() != brokerId) {
            return Outcome.refused(
                    Fault.INVALID_REQUEST, "The leader is " + state.leader() + ", not " + brokerId + ".");
        }
        Replicas replicas = now.assignment(partition).replicas();
        if (!isr.contains(brokerId) || isr.hasDuplicates() || !replicas.containsAll(isr)) {
            return Outcome.refused(
                    Fault.INVALID_REQUEST,
                    "ISR " + isr + " is not a set of replicas of " + replicas + " with the leader " + brokerId + ".");
        }
        // Only who comes in must be eligible: a leader that shuts down may still let in the one that takes over.
        Replicas ineligible = isr.without(state.isr()).filter(id -> !now.isReplicaEligible(id, partition));
        if (!ineligible.isEmpty()) {
            // Version 1 and older of the request, which name topics, do not know the newer code.
            Fault fault = change.topic().isById() ? Fault.INELIGIBLE_REPLICA : Fault.OPERATION_NOT_ATTEMPTED;
            return Outcome.refused(fault, "Replicas " + ineligible + " are offline or shutting down.");
        }
        Replicas ofOtherLives = isr.filter(id -> id != brokerId && !livesAs(now, id, change));
        if (!ofOtherLives.isEmpty()) {
            return Outcome.refused(
                    Fault.INELIGIBLE_REPLICA,
                    "Replicas " + ofOtherLives + " do not live with the epochs that are meant.");
        }
        return Outcome.OK;
    }
}
