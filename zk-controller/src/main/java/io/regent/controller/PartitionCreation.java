package io.regent.controller;

import io.regent.controller.Asks.MorePartitions;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** CreatePartitions: a topic gets more partitions; those that it has stay as they are. Pure. */
final class PartitionCreation {

    private final Reign reign;

    PartitionCreation(Reign reign) {
        this.reign = reign;
    }

    Decision asked(ClusterImage now, Asks.CreatePartitions ask) {
        Draft draft = new Draft(now, reign);
        SortedMap<String, Outcome> results = new TreeMap<>();
        for (MorePartitions more : ask.topics()) {
            if (results.containsKey(more.topic())) {
                results.put(more.topic(), refuse(Fault.INVALID_REQUEST, "Duplicate topic in request."));
                continue;
            }
            Outcome outcome = check(now, more);
            if (outcome.isOk()) {
                List<Replicas> added = added(now, more);
                outcome = checkSize(now, more, added);
                if (outcome.isOk() && !ask.validateOnly()) {
                    add(draft, now, more.topic(), added);
                }
            }
            results.put(more.topic(), outcome);
        }
        return draft.decide(new Answer.PartitionsCreated(results));
    }

    private static Outcome check(ClusterImage now, MorePartitions more) {
        Optional<TopicImage> found = now.topic(more.topic());
        if (found.isEmpty()) {
            return refuse(Fault.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + more.topic() + "' does not exist.");
        }
        TopicImage topic = found.get();
        if (now.isBeingDeleted(topic.name())) {
            return refuse(Fault.INVALID_TOPIC, "The topic '" + topic.name() + "' is being deleted.");
        }
        if (topic.isReassigning()) {
            return refuse(Fault.REASSIGNMENT_IN_PROGRESS, "A partition of '" + topic.name() + "' is being reassigned.");
        }
        for (int number = 0; number < Math.max(1, topic.partitionCount()); number++) {
            if (!topic.hasPartition(number)) {
                // Its znode would be written without what could not be read, and that would be lost.
                return refuse(
                        Fault.INVALID_PARTITIONS,
                        "Partition " + number + " of '" + topic.name() + "' is missing or unreadable.");
            }
        }
        return checkCount(topic, more).orElseGet(() -> checkAssignments(now, topic, more));
    }

    private static Optional<Outcome> checkCount(TopicImage topic, MorePartitions more) {
        int count = topic.partitionCount();
        if (more.totalCount() < count) {
            return Optional.of(refuse(
                    Fault.INVALID_PARTITIONS,
                    "Topic currently has " + count + " partitions, which is higher than the requested "
                            + more.totalCount() + "."));
        }
        if (more.totalCount() == count) {
            return Optional.of(refuse(Fault.INVALID_PARTITIONS, "Topic already has " + count + " partitions."));
        }
        if (more.totalCount() > WriteLimits.MAX_TOPIC_PARTITIONS) {
            return Optional.of(tooMany(more.totalCount()));
        }
        return Optional.empty();
    }

    private static Outcome checkAssignments(ClusterImage now, TopicImage topic, MorePartitions more) {
        int replicationFactor = topic.assignment(0).replicas().size();
        if (more.assignments().isEmpty()) {
            int brokers = now.brokers().size();
            return replicationFactor <= brokers
                    ? Outcome.OK
                    : refuse(
                            Fault.INVALID_REPLICATION_FACTOR,
                            "Replication factor: " + replicationFactor + " larger than available brokers: " + brokers
                                    + ".");
        }
        List<List<Integer>> lists = more.assignments().get();
        int increment = more.totalCount() - topic.partitionCount();
        if (lists.size() != increment) {
            return refuse(
                    Fault.INVALID_REPLICA_ASSIGNMENT,
                    "Increasing the number of partitions by " + increment + " but " + lists.size()
                            + " assignments provided.");
        }
        return ReplicaLists.fault(lists, replicationFactor, now)
                .map(fault -> refuse(Fault.INVALID_REPLICA_ASSIGNMENT, fault))
                .orElse(Outcome.OK);
    }

    private static List<Replicas> added(ClusterImage now, MorePartitions more) {
        TopicImage topic = now.topic(more.topic()).orElseThrow();
        if (more.assignments().isPresent()) {
            return more.assignments().get().stream().map(Replicas::of).toList();
        }
        return Placement.on(now.brokers().values())
                .extend(
                        topic.partitionCount(),
                        more.totalCount() - topic.partitionCount(),
                        topic.assignment(0).replicas().size(),
                        topic.assignment(0).preferredLeader());
    }

    private static Outcome checkSize(ClusterImage now, MorePartitions more, List<Replicas> added) {
        TopicImage topic = now.topic(more.topic()).orElseThrow();
        List<Assignment> all = new ArrayList<>();
        for (int number = 0; number < topic.partitionCount(); number++) {
            all.add(topic.assignment(number));
        }
        added.forEach(replicas -> all.add(Assignment.of(replicas)));
        byte[] znode = TopicZnode.encode(topic.id(), all.toArray(Assignment[]::new));
        return znode.length > WriteLimits.MAX_ZNODE_BYTES ? tooMany(all.size()) : Outcome.OK;
    }

    private static void add(Draft draft, ClusterImage now, String topic, List<Replicas> added) {
        int number = now.topic(topic).orElseThrow().partitionCount();
        for (Replicas replicas : added) {
            PartitionId partition = new PartitionId(topic, number++);
            draft.edit().setAssignment(partition, Assignment.of(replicas));
            LeaderElection.first(replicas, id -> now.isReplicaEligible(id, partition))
                    .ifPresent(first -> draft.elect(partition, first));
        }
    }

    private static Outcome tooMany(int partitions) {
        return refuse(
                Fault.INVALID_PARTITIONS, "Number of partitions " + partitions + " is too large for a topic's znode.");
    }

    private static Outcome refuse(Fault fault, String message) {
        return Outcome.refused(fault, message);
    }
}
