package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A broker shuts down in good order: others lead what it led, it leaves the ISRs, and it stops its replicas before it
 * goes. It may ask again until nothing remains. Pure.
 */
final class ControlledShutdown {

    private final Reign reign;

    ControlledShutdown(Reign reign) {
        this.reign = reign;
    }

    Decision asked(ClusterImage now, Asks.Shutdown ask) {
        Draft draft = new Draft(now, reign);
        Outcome outcome = check(now, ask);
        if (!outcome.isOk()) {
            return draft.decide(new Answer.ShutdownProgress(outcome, PartitionSet.EMPTY));
        }
        draft.edit().beginShutdown(ask.brokerId());
        ClusterImage image = draft.image();
        PartitionSet.Builder remaining = PartitionSet.builder();
        for (TopicImage topic : image.topicsOf(ask.brokerId())) {
            if (image.isBeingDeleted(topic.name())) {
                continue;
            }
            for (int number = 0; number < topic.partitionCount(); number++) {
                PartitionId partition = new PartitionId(topic.name(), number);
                Replicas replicas = topic.assignment(number).replicas();
                if (replicas.size() > 1 && replicas.contains(ask.brokerId())) {
                    moveAway(draft, image, ask.brokerId(), partition);
                    if (draft.state(partition).leader() == ask.brokerId()) {
                        remaining.add(partition);
                    }
                }
            }
        }
        return draft.decide(new Answer.ShutdownProgress(Outcome.OK, remaining.build()));
    }

    private static Outcome check(ClusterImage now, Asks.Shutdown ask) {
        var broker = now.broker(ask.brokerId());
        if (broker.isEmpty()) {
            return Outcome.refused(Fault.BROKER_NOT_AVAILABLE, "Broker " + ask.brokerId() + " is not registered.");
        }
        if (ask.brokerEpoch() != Asks.ANY_EPOCH
                && ask.brokerEpoch() < broker.get().epoch()) {
            return Outcome.refused(
                    Fault.STALE_BROKER_EPOCH,
                    "Broker " + ask.brokerId() + " lives with epoch "
                            + broker.get().epoch() + ", not " + ask.brokerEpoch() + ".");
        }
        return Outcome.OK;
    }

    private static void moveAway(Draft draft, ClusterImage image, int brokerId, PartitionId partition) {
        PartitionState state = draft.state(partition);
        if (!state.exists()) {
            return;
        }
        if (state.leader() == brokerId) {
            IntPredicate eligible = id -> image.isReplicaEligible(id, partition);
            Optional<LeaderElection.Result> other = LeaderElection.controlledShutdown(
                    draft.assignment(partition).replicas(), state, eligible);
            other.ifPresent(result -> draft.elect(partition, result));
        } else if (state.isr().contains(brokerId) && state.isr().size() > 1) {
            draft.elect(
                    partition,
                    new LeaderElection.Result(
                            state.leader(),
                            state.isr().without(brokerId),
                            state.recovery(),
                            Reason.CONTROLLED_SHUTDOWN));
        } else {
            draft.touch(partition);
        }
    }
}
