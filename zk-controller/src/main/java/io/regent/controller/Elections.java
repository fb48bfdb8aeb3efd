package io.regent.controller;

import io.regent.controller.Asks.ElectionType;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Elections that are asked for, and those that bring leaders back to preferred replicas from time to time. Pure. */
final class Elections {

    /** How many of an order's partitions are named in the log when nothing can be done for them: one may name thousands. */
    private static final int MAX_REMARKS = 20;

    private final ControllerSettings settings;
    private final Reign reign;

    Elections(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** A client asked for elections (KIP-183, KIP-460). */
    Decision asked(ClusterImage now, Asks.ElectLeaders ask) {
        Draft draft = new Draft(now, reign);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        SortedMap<PartitionId, Outcome> results = new TreeMap<>();
        ask.partitions().orElseGet(() -> PartitionSet.ofAll(now)).forEach(partition -> {
            Outcome outcome = check(now, partition);
            if (outcome.isOk()) {
                outcome = ask.type() == ElectionType.PREFERRED
                        ? electPreferred(draft, now, partition)
                        : electUnclean(draft, now, partition, reconsideration);
            }
            if (ask.partitions().isPresent() || outcome.fault() != Fault.ELECTION_NOT_NEEDED) {
                results.put(partition, outcome);
            }
        });
        return draft.decide(new Answer.LeadersElected(results));
    }

    /** A tool wrote {@code /admin/preferred_replica_election}. What cannot be done is said and dropped. */
    Decision ordered(ClusterImage now, Event.PreferredElectionsObserved event) {
        Draft draft = new Draft(now, reign);
        SortedMap<PartitionId, String> refused = new TreeMap<>();
        // Somebody may have named a partition twice.
        PartitionSet.of(event.partitions()).forEach(partition -> {
            Outcome outcome = check(now, partition);
            if (outcome.isOk()) {
                outcome = electPreferred(draft, now, partition);
            }
            if (!outcome.isOk() && outcome.fault() != Fault.ELECTION_NOT_NEEDED) {
                refused.put(partition, outcome.message());
            }
        });
        refused.entrySet().stream()
                .limit(MAX_REMARKS)
                .forEach(entry -> draft.remark("the preferred election of " + entry.getKey() + ", which "
                        + event.order().path() + " ordered, is dropped: " + entry.getValue()));
        if (refused.size() > MAX_REMARKS) {
            draft.remark("so are those of " + (refused.size() - MAX_REMARKS) + " other partitions");
        }
        draft.consume(event.order());
        return draft.decide();
    }

    private static Outcome check(ClusterImage now, PartitionId partition) {
        if (!now.assignment(partition).exists()) {
            return Outcome.refused(Fault.UNKNOWN_TOPIC_OR_PARTITION, "The partition does not exist.");
        }
        if (now.isBeingDeleted(partition.topic())) {
            return Outcome.refused(Fault.INVALID_TOPIC, "The topic is being deleted.");
        }
        return Outcome.OK;
    }

    private static Outcome electPreferred(Draft draft, ClusterImage now, PartitionId partition) {
        Assignment assignment = now.assignment(partition);
        PartitionState state = now.state(partition);
        if (state.leader() == assignment.preferredLeader()) {
            return Outcome.refused(Fault.ELECTION_NOT_NEEDED, "The preferred replica leads already.");
        }
        Optional<LeaderElection.Result> result = preferred(now, partition, assignment);
        result.ifPresent(r -> draft.elect(partition, r));
        return result.isPresent()
                ? Outcome.OK
                : Outcome.refused(
                        Fault.PREFERRED_LEADER_NOT_AVAILABLE,
                        "The preferred replica " + assignment.preferredLeader()
                                + " is offline, shutting down or not in the ISR " + state.isr() + ".");
    }

    private static Outcome electUnclean(
            Draft draft, ClusterImage now, PartitionId partition, Reconsideration reconsideration) {
        PartitionState state = now.state(partition);
        if (state.hasLeader() && now.isLive(state.leader())) {
            return Outcome.refused(Fault.ELECTION_NOT_NEEDED, "Broker " + state.leader() + " leads.");
        }
        Replicas replicas = now.assignment(partition).replicas();
        if (state.exists()) {
            reconsideration.elect(partition, replicas, state, () -> true);
        } else {
            reconsideration.decide(partition);
        }
        return draft.state(partition).hasLeader()
                ? Outcome.OK
                : Outcome.refused(
                        Fault.ELIGIBLE_LEADERS_NOT_AVAILABLE, "None of the replicas " + replicas + " is available.");
    }

    private static Optional<LeaderElection.Result> preferred(
            ClusterImage now, PartitionId partition, Assignment assignment) {
        PartitionState state = now.state(partition);
        return state.exists()
                ? LeaderElection.preferred(assignment.replicas(), state, id -> now.isReplicaEligible(id, partition))
                : Optional.empty();
    }

    /** How many partitions a broker is preferred for, and which of them others lead. */
    private static final class Preference {
        private final PartitionSet.Builder ledElsewhere = PartitionSet.builder();
        private long preferredCount;
        private long elsewhereCount;

        boolean isImbalanced(int percentage) {
            return elsewhereCount * 100 > percentage * preferredCount;
        }
    }

    /**
     * Moves leaders back to the preferred replicas of each broker that leads too few of the partitions it is preferred
     * for. Partitions that are being reassigned are left alone.
     */
    Decision rebalance(ClusterImage now) {
        Map<Integer, Preference> byBroker = new TreeMap<>();
        for (TopicImage topic : now.topics()) {
            if (!now.isBeingDeleted(topic.name())) {
                count(topic, byBroker);
            }
        }
        Draft draft = new Draft(now, reign);
        for (Preference preference : byBroker.values()) {
            if (preference.isImbalanced(settings.imbalancePercentage())) {
                preference.ledElsewhere.build().forEach(partition -> bringBack(draft, now, partition));
            }
        }
        return draft.decide();
    }

    private static void count(TopicImage topic, Map<Integer, Preference> byBroker) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (!topic.hasPartition(number) || !topic.state(number).exists()) {
                continue;
            }
            int broker = topic.assignment(number).preferredLeader();
            Preference preference = byBroker.computeIfAbsent(broker, id -> new Preference());
            preference.preferredCount++;
            if (topic.state(number).leader() != broker) {
                preference.elsewhereCount++;
                preference.ledElsewhere.add(topic.name(), number);
            }
        }
    }

    private static void bringBack(Draft draft, ClusterImage now, PartitionId partition) {
        Assignment assignment = now.assignment(partition);
        if (!assignment.isReassigning()) {
            preferred(now, partition, assignment).ifPresent(result -> draft.elect(partition, result));
        }
    }
}
