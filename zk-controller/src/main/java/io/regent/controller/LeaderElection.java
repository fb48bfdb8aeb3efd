package io.regent.controller;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The rules by which leaders are elected: values in, the new leader, the new ISR and the reason out. Pure. */
final class LeaderElection {

    /** What an election came to. */
    record Result(int leader, Replicas isr, LeaderRecovery recovery, Reason reason) {}

    private LeaderElection() {}

    /** The first leader of a partition: the first replica that may lead; all that may lead are in sync. */
    static Optional<Result> first(Replicas replicas, IntPredicate eligible) {
        Replicas isr = replicas.filter(eligible);
        return isr.isEmpty()
                ? Optional.empty()
                : Optional.of(new Result(isr.get(0), isr, LeaderRecovery.RECOVERED, Reason.NEW_PARTITION));
    }

    /** A leader out of the ISR, so that no committed record is lost; members that may not lead leave the ISR. */
    static Optional<Result> clean(Replicas replicas, PartitionState state, IntPredicate eligible) {
        Replicas isr = state.isr().filter(id -> replicas.contains(id) && eligible.test(id));
        Reason reason = state.hasLeader() ? Reason.LEADER_GONE : Reason.LEADER_BACK;
        return firstOf(replicas, isr::contains).map(leader -> new Result(leader, isr, state.recovery(), reason));
    }

    /** Any live replica, alone in the ISR: it must recover, and what only others had is lost (KIP-704). */
    static Optional<Result> unclean(Replicas replicas, IntPredicate eligible) {
        return firstOf(replicas, eligible)
                .map(leader -> new Result(leader, Replicas.of(leader), LeaderRecovery.RECOVERING, Reason.UNCLEAN));
    }

    /** The preferred replica, when it may lead and is in sync; the ISR stays. */
    static Optional<Result> preferred(Replicas replicas, PartitionState state, IntPredicate eligible) {
        int preferred = replicas.get(0);
        return eligible.test(preferred) && state.isr().contains(preferred)
                ? Optional.of(new Result(preferred, state.isr(), state.recovery(), Reason.PREFERRED))
                : Optional.empty();
    }

    /** Another leader in the place of brokers that shut down; these leave the ISR. */
    static Optional<Result> controlledShutdown(Replicas replicas, PartitionState state, IntPredicate eligible) {
        return clean(replicas, state, eligible)
                .map(r -> new Result(r.leader(), r.isr(), r.recovery(), Reason.CONTROLLED_SHUTDOWN));
    }

    /** The leader stays if it may, else another member of the ISR leads; who is no replica any more leaves the ISR. */
    static Optional<Result> reassigned(
            Replicas replicas, PartitionState state, IntPredicate eligible, IntPredicate online, Reason reason) {
        Replicas members = state.isr().filter(replicas::contains);
        if (members.contains(state.leader()) && online.test(state.leader())) {
            return Optional.of(new Result(state.leader(), members, state.recovery(), reason));
        }
        return clean(replicas, state, eligible).map(r -> new Result(r.leader(), r.isr(), r.recovery(), reason));
    }

    /**
     * No leader. Members that are there stay in the ISR; when none is, all stay: each holds every committed record, so
     * whichever returns first may lead.
     */
    static Result nobody(Replicas replicas, PartitionState state, IntPredicate online) {
        Replicas members = state.isr().filter(replicas::contains);
        Replicas there = members.filter(online);
        Replicas all = members.isEmpty() ? state.isr() : members;
        Replicas isr = there.isEmpty() ? all : there;
        return new Result(PartitionState.NO_LEADER, isr, state.recovery(), Reason.NO_ELIGIBLE_REPLICA);
    }

    private static Optional<Integer> firstOf(Replicas replicas, IntPredicate wanted) {
        for (int i = 0; i < replicas.size(); i++) {
            if (wanted.test(replicas.get(i))) {
                return Optional.of(replicas.get(i));
            }
        }
        return Optional.empty();
    }
}
