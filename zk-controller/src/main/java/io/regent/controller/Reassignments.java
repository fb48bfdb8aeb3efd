package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reassignments (KIP-455): started, replaced and cancelled by clients or by {@code /admin/reassign_partitions}. Pure.
 *
 * <p>All there is to know of one stands in the topic's znode: its replicas are the target, followed by those that will be
 * removed. It ends when all of the target is in the ISR, which {@link Reconsideration} sees to; so a new reign goes on
 * where the last one was.
 */
final class Reassignments {

    /** What a partition's number and brackets take in each of the three parts of a topic's znode, at most. */
    private static final int PARTITION_BYTES = 3 * 14;

    /** What a broker id and its comma take, at most. */
    private static final int ID_BYTES = 11;

    private final ControllerSettings settings;
    private final Reign reign;

    Reassignments(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** A client asked for reassignments, or to cancel some. What it asks takes the place of what runs. */
    Decision asked(ClusterImage now, Asks.AlterReassignments ask) {
        Draft draft = new Draft(now, reign);
        Step step = new Step(new Reconsideration(draft, settings, Set.of()), now);
        SortedMap<PartitionId, Outcome> results = new TreeMap<>();
        ask.targets().forEach((partition, target) -> results.put(partition, step.alter(partition, target)));
        return draft.decide(new Answer.ReassignmentsAltered(results));
    }

    /** A client asked what is being reassigned. */
    Decision listed(ClusterImage now, Asks.ListReassignments ask) {
        SortedMap<PartitionId, Assignment> running = new TreeMap<>();
        ask.partitions().orElseGet(() -> PartitionSet.ofAll(now)).forEach(partition -> {
            Assignment assignment = now.assignment(partition);
            if (assignment.isReassigning()) {
                running.put(partition, assignment);
            }
        });
        return new Draft(now, reign).decide(new Answer.ReassignmentsListed(running));
    }

    /** A tool wrote {@code /admin/reassign_partitions}, or a write to it was seen. What it wants is newer than what runs. */
    Decision observed(ClusterImage now, Event.ReassignmentsObserved event) {
        ClusterImage asZooKeeperHolds =
                now.edit().setReassignmentOrders(event.targets()).image();
        Draft draft = new Draft(asZooKeeperHolds, reign);
        startOrdered(new Reconsideration(draft, settings, Set.of()), asZooKeeperHolds);
        return draft.decide();
    }

    /** Starts what the znode wants and does not run yet; what cannot be started is dropped from it as the step ends. */
    static void startOrdered(Reconsideration reconsideration, ClusterImage image) {
        Step step = new Step(reconsideration, image);
        image.reassignmentOrders()
                .ifPresent(orders -> orders.forEach((partition, target) -> step.alter(partition, Optional.of(target))));
    }

    /** One step in the making; each partition comes up in it once. */
    private static final class Step {
        private final Reconsideration reconsideration;
        private final ClusterImage now;
        private final Map<String, Integer> znodeBytes = new HashMap<>();

        Step(Reconsideration reconsideration, ClusterImage now) {
            this.reconsideration = reconsideration;
            this.now = now;
        }

        Outcome alter(PartitionId partition, Optional<Replicas> target) {
            Assignment current = now.assignment(partition);
            Outcome outcome = target.map(replicas -> checkTarget(now, current, replicas))
                    .orElseGet(() -> checkCancel(partition, current));
            Assignment next = current.reassignTo(target.orElse(current.origin()));
            if (outcome.isOk()) {
                outcome = checkPartition(now, partition, next);
            }
            if (!outcome.isOk() || next.equals(current)) {
                return outcome;
            }
            if (!fits(partition, next)) {
                return invalid("The znode of topic '" + partition.topic()
                        + "' would grow too large; reassign fewer of its partitions at once.");
            }
            reconsideration.reassign(partition, next);
            return outcome;
        }

        /** Whether the topic's znode still fits with what this step adds to it, counted rather too high than too low. */
        private boolean fits(PartitionId partition, Assignment next) {
            int before = znodeBytes.computeIfAbsent(
                    partition.topic(),
                    name -> ZnodeChanges.topicBytes(now.topic(name).orElseThrow()));
            int ids = next.replicas().size()
                    + next.adding().size()
                    + next.removing().size();
            int after = before + PARTITION_BYTES + ids * ID_BYTES;
            if (after > WriteLimits.MAX_ZNODE_BYTES) {
                return false;
            }
            znodeBytes.put(partition.topic(), after);
            return true;
        }
    }

    private static Outcome checkTarget(ClusterImage now, Assignment current, Replicas target) {
        if (target.isEmpty()) {
            return invalid("Empty replica list specified in partition reassignment.");
        }
        if (target.hasDuplicates()) {
            return invalid("Duplicate replica ids in partition reassignment replica list: " + target + ".");
        }
        if (target.stream().anyMatch(id -> id < 0)) {
            return invalid("Invalid broker id in replica list: " + target + ".");
        }
        Replicas dead = current.reassignTo(target).adding().filter(id -> !now.isLive(id));
        return dead.isEmpty()
                ? Outcome.OK
                : invalid("Replica assignment has brokers that are not alive. Replica list: " + target + ", not alive: "
                        + dead + ".");
    }

    private static Outcome checkCancel(PartitionId partition, Assignment current) {
        return current.isReassigning()
                ? Outcome.OK
                : Outcome.refused(Fault.NO_REASSIGNMENT_IN_PROGRESS, partition + " is not being reassigned.");
    }

    private static Outcome checkPartition(ClusterImage now, PartitionId partition, Assignment next) {
        if (now.isBeingDeleted(partition.topic())) {
            return Outcome.refused(Fault.UNKNOWN_TOPIC_OR_PARTITION, "The topic is being deleted.");
        }
        if (!now.assignment(partition).exists()) {
            return Outcome.refused(Fault.UNKNOWN_TOPIC_OR_PARTITION, "The partition does not exist.");
        }
        PartitionState state = now.state(partition);
        if (state.exists() && state.isr().stream().noneMatch(next.replicas()::contains)) {
            // As in KRaft: whoever holds all that was acknowledged would be removed.
            return invalid("None of the replicas " + next.replicas() + " is in the ISR " + state.isr()
                    + ": acknowledged records would be lost.");
        }
        return Outcome.OK;
    }

    private static Outcome invalid(String message) {
        return Outcome.refused(Fault.INVALID_REPLICA_ASSIGNMENT, message);
    }
}
