package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/**
 * Decides a partition anew after brokers or replicas came or went: its leader if it needs another one, its ISR if members
 * are gone, and whether its reassignment has come to its end. Used by one thread, for one step, after the facts are in the draft.
 */
final class Reconsideration {

    private final Draft draft;
    private final ControllerSettings settings;
    private final ClusterImage image;
    private final Set<Integer> bounced;
    /** In-sync lists whose members are all online, and the replicas among which they are. */
    private final Map<Replicas, Replicas> onlineIsrs = new HashMap<>();

    /**
     * Begins with the facts that the draft holds.
     *
     * @param bounced live brokers whose former life ended in this step: what they led and followed is lost to them,
     *     though they may lead again where nobody else can
     */
    Reconsideration(Draft draft, ControllerSettings settings, Set<Integer> bounced) {
        this.draft = draft;
        this.settings = settings;
        this.image = draft.image();
        this.bounced = bounced;
    }

    /** Decides one partition. Leaves alone what is well, and topics that are being deleted. */
    void decide(PartitionId partition) {
        Replicas replicas = draft.assignment(partition).replicas();
        if (replicas.isEmpty() || image.isBeingDeleted(partition.topic())) {
            return;
        }
        PartitionState state = draft.state(partition);
        if (state.isUnreadable()) {
            return;
        }
        if (!state.exists()) {
            LeaderElection.first(replicas, eligible(partition)).ifPresent(first -> draft.elect(partition, first));
        } else if (isLeaderWell(partition, replicas, state)) {
            mendIsr(partition, replicas, state);
        } else {
            elect(partition, replicas, state, () -> isUncleanAllowed(partition.topic()));
        }
        progress(partition);
    }

    /**
     * Whether {@link #decide} would surely leave this partition as it is. A quick look, for the many that nothing has happened
     * to: no is no answer.
     */
    boolean isSettled(TopicImage topic, int partition) {
        PartitionState state = topic.state(partition);
        Assignment assignment = topic.assignment(partition);
        return state.hasLeader()
                && state.exists()
                && state.isr().contains(state.leader())
                && !assignment.isReassigning()
                && isOnline(state.isr(), assignment.replicas());
    }

    /** Whether all of the ISR are replicas, and online; found out once for each of the few lists that there are. */
    private boolean isOnline(Replicas isr, Replicas replicas) {
        if (replicas.equals(onlineIsrs.get(isr))) {
            return true;
        }
        boolean online = !image.hasFailedLogDirectory()
                && replicas.containsAll(isr)
                && isr.stream().allMatch(id -> image.isLive(id) && !bounced.contains(id));
        if (online) {
            onlineIsrs.put(isr, replicas);
        }
        return online;
    }

    /** Ends a partition's reassignment if all of its target is in sync; else leaves it as it is. */
    void progress(PartitionId partition) {
        Assignment assignment = draft.assignment(partition);
        if (assignment.isReassigning() && isComplete(partition, assignment)) {
            reassign(partition, assignment);
        }
    }

    /**
     * Gives a partition this assignment, or where all of the target is in sync already, the target alone. Its leader
     * epoch rises, so that its replicas heed what they are told. Topics that are being deleted are not to be named.
     */
    void reassign(PartitionId partition, Assignment wanted) {
        Assignment next = isComplete(partition, wanted) ? Assignment.of(wanted.target()) : wanted;
        if (!next.equals(draft.assignment(partition))) {
            draft.edit().setAssignment(partition, next);
        }
        PartitionState state = draft.state(partition);
        Replicas replicas = next.replicas();
        if (state.isUnreadable()) {
            return;
        }
        if (!state.exists()) {
            LeaderElection.first(replicas, eligible(partition)).ifPresent(first -> draft.elect(partition, first));
            return;
        }
        Reason reason = next.isReassigning() ? Reason.REASSIGNING : Reason.REASSIGNED;
        LeaderElection.reassigned(replicas, state, eligible(partition), online(partition), reason)
                .ifPresentOrElse(
                        result -> draft.elect(partition, result),
                        () -> elect(partition, replicas, state, () -> isUncleanAllowed(partition.topic())));
    }

    /** Whether the replicas that are to go can go: their successors are in sync, and one of these may lead. */
    private boolean isComplete(PartitionId partition, Assignment assignment) {
        PartitionState state = draft.state(partition);
        Replicas target = assignment.target();
        return state.exists()
                && state.isr().containsAll(target)
                && target.stream().anyMatch(id -> eligible(partition).test(id) && !bounced.contains(id));
    }

    /** Decides each partition of these brokers. */
    void decideAllOf(Set<Integer> brokers) {
        for (int broker : brokers) {
            image.topicsOf(broker).forEach(topic -> {
                for (int number = 0; number < topic.partitionCount(); number++) {
                    if (topic.assignment(number).replicas().contains(broker)) {
                        decide(new PartitionId(topic.name(), number));
                    }
                }
            });
        }
    }

    /**
     * Elects a leader for a partition that has none, or marks that there is none.
     *
     * @param uncleanAllowed asked where nobody in the ISR can lead
     */
    void elect(PartitionId partition, Replicas replicas, PartitionState state, BooleanSupplier uncleanAllowed) {
        IntPredicate eligible = eligible(partition);
        Optional<LeaderElection.Result> elected = LeaderElection.clean(
                        replicas, state, id -> eligible.test(id) && !bounced.contains(id))
                // A clean leader that has just restarted is better than an unclean one.
                .or(() -> LeaderElection.clean(replicas, state, eligible))
                .or(() ->
                        uncleanAllowed.getAsBoolean() ? LeaderElection.unclean(replicas, eligible) : Optional.empty());
        if (elected.isPresent()) {
            draft.elect(partition, elected.get());
            return;
        }
        LeaderElection.Result nobody = LeaderElection.nobody(replicas, state, online(partition));
        if (state.hasLeader() || !nobody.isr().equals(state.isr())) {
            draft.elect(partition, nobody);
        }
    }

    private boolean isLeaderWell(PartitionId partition, Replicas replicas, PartitionState state) {
        int leader = state.leader();
        return state.hasLeader()
                && replicas.contains(leader)
                && state.isr().contains(leader)
                && online(partition).test(leader);
    }

    private void mendIsr(PartitionId partition, Replicas replicas, PartitionState state) {
        Replicas members = state.isr().filter(replicas::contains);
        Replicas isr = members.filter(online(partition));
        if (!isr.equals(state.isr())) {
            Reason reason = members.equals(state.isr()) ? Reason.FOLLOWER_GONE : Reason.ISR_MENDED;
            draft.elect(partition, new LeaderElection.Result(state.leader(), isr, state.recovery(), reason));
        }
    }

    private boolean isUncleanAllowed(String topic) {
        return UncleanElection.isAllowed(image, topic, settings);
    }

    /** Whether a replica is there as it was: its broker lives the same life, and its log directory is well. */
    private IntPredicate online(PartitionId partition) {
        return id -> image.isReplicaOnline(id, partition) && !bounced.contains(id);
    }

    private IntPredicate eligible(PartitionId partition) {
        return id -> image.isReplicaEligible(id, partition);
    }
}
