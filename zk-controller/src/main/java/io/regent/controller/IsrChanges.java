package io.regent.controller;

import io.regent.controller.Asks.PartitionChange;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
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

    private static Answer.AlteredPartition alter(
            Draft draft, Reconsideration reconsideration, ClusterImage now, int brokerId, PartitionChange change) {
        Optional<TopicImage> topic = change.topic().isById()
                ? now.topic(change.topic().id())
                : now.topic(change.topic().name());
        if (topic.isEmpty() && change.topic().isById()) {
            return refused(change, Outcome.refused(Fault.UNKNOWN_TOPIC_ID, "No topic has this id."));
        }
        PartitionId partition = new PartitionId(
                topic.map(TopicImage::name).orElse(change.topic().name()), change.partition());
        PartitionState state = draft.state(partition);
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
            return refused(change, outcome);
        }
        draft.changeIsr(partition, change.isr(), change.recovery());
        reconsideration.progress(partition);
        return new Answer.AlteredPartition(change.topic(), change.partition(), Outcome.OK, draft.state(partition));
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
        return Outcome.OK;
    }
}
