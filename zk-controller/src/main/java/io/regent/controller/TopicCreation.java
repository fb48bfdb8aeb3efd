package io.regent.controller;

import io.regent.controller.Asks.NewTopic;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CreateTopics: checks each topic as Kafka does, places its replicas, and gives its partitions leaders. Pure. */
final class TopicCreation {

    private final ControllerSettings settings;
    private final Reign reign;

    TopicCreation(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    Decision asked(ClusterImage now, Asks.CreateTopics ask) {
        Map<String, Integer> occurrences = new HashMap<>();
        ask.topics().forEach(topic -> occurrences.merge(topic.name(), 1, Integer::sum));
        Draft draft = new Draft(now, reign);
        // The names grow with the request, so that topics of one request cannot collide with each other either.
        boolean mayCollide = ask.topics().stream().anyMatch(topic -> TopicNames.mayCollide(topic.name()));
        List<String> names = new ArrayList<>(mayCollide ? now.topicNames() : List.of());
        List<Answer.CreatedTopic> results = new ArrayList<>();
        for (NewTopic topic : ask.topics()) {
            boolean repeated = occurrences.get(topic.name()) > 1;
            Plan plan = repeated ? repeatedInRequest(topic) : plan(now, topic, names);
            if (plan.outcome().isOk() && !ask.validateOnly()) {
                create(draft, now, topic, plan.assignments());
                names.add(topic.name());
            }
            results.add(result(topic, plan, ask.validateOnly()));
        }
        return draft.decide(new Answer.TopicsCreated(results));
    }

    /** What would be created, or why nothing is. */
    private record Plan(Outcome outcome, List<Assignment> assignments) {
        static Plan refused(Fault fault, String message) {
            return new Plan(Outcome.refused(fault, message), List.of());
        }

        static Plan of(List<Replicas> replicas) {
            return new Plan(Outcome.OK, replicas.stream().map(Assignment::of).toList());
        }
    }

    private static Answer.CreatedTopic result(NewTopic topic, Plan plan, boolean validateOnly) {
        boolean created = plan.outcome().isOk() && !validateOnly;
        return new Answer.CreatedTopic(
                topic.name(),
                plan.outcome(),
                created ? topic.birth().id() : TopicId.NONE,
                plan.assignments(),
                plan.outcome().isOk() ? topic.config() : Map.of());
    }

    private static Plan repeatedInRequest(NewTopic topic) {
        return Plan.refused(
                Fault.INVALID_REQUEST, "The request contains more than one entry for topic '" + topic.name() + "'.");
    }

    private Plan plan(ClusterImage now, NewTopic topic, List<String> names) {
        Optional<Plan> refusal = checkName(now, topic.name(), names);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Plan plan = topic.assignments().isEmpty() ? placed(now, topic) : chosen(now, topic);
        if (!plan.outcome().isOk()) {
            return plan;
        }
        if (!topic.configOutcome().isOk()) {
            return new Plan(topic.configOutcome(), List.of());
        }
        return checkSize(topic, plan);
    }

    private static Optional<Plan> checkName(ClusterImage now, String name, List<String> names) {
        if (name.equals(TopicNames.CLUSTER_METADATA)) {
            return Optional.of(
                    Plan.refused(Fault.INVALID_REQUEST, "Creation of internal topic " + name + " is prohibited."));
        }
        Optional<String> fault = TopicNames.fault(name);
        if (fault.isPresent()) {
            return Optional.of(Plan.refused(Fault.INVALID_TOPIC, fault.get()));
        }
        if (now.isBeingDeleted(name)) {
            return Optional.of(
                    Plan.refused(Fault.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' is marked for deletion."));
        }
        if (now.topic(name).isPresent()) {
            return Optional.of(Plan.refused(Fault.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists."));
        }
        return TopicNames.collision(name, names)
                .map(other -> Plan.refused(
                        Fault.INVALID_TOPIC, "Topic '" + name + "' collides with existing topic '" + other + "'."));
    }

    private Plan placed(ClusterImage now, NewTopic topic) {
        int partitions = topic.partitions() == Asks.DEFAULT ? settings.defaultPartitions() : topic.partitions();
        int replicationFactor = topic.replicationFactor() == Asks.DEFAULT
                ? settings.defaultReplicationFactor()
                : topic.replicationFactor();
        if (partitions <= 0) {
            return Plan.refused(Fault.INVALID_PARTITIONS, "Number of partitions must be larger than 0.");
        }
        if (partitions > WriteLimits.MAX_TOPIC_PARTITIONS) {
            return tooManyPartitions(partitions);
        }
        if (replicationFactor <= 0) {
            return Plan.refused(Fault.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0.");
        }
        Placement placement = Placement.on(now.brokers().values());
        if (replicationFactor > placement.brokerCount()) {
            return Plan.refused(
                    Fault.INVALID_REPLICATION_FACTOR,
                    "Replication factor: " + replicationFactor + " larger than available brokers: "
                            + placement.brokerCount() + ".");
        }
        return Plan.of(
                placement.place(partitions, replicationFactor, topic.birth().seed()));
    }

    private static Plan chosen(ClusterImage now, NewTopic topic) {
        if (topic.partitions() != Asks.DEFAULT || topic.replicationFactor() != Asks.DEFAULT) {
            return Plan.refused(
                    Fault.INVALID_REQUEST, "Both numPartitions or replicationFactor and replicasAssignments were set.");
        }
        int count = topic.assignments().size();
        if (topic.assignments().firstKey() != 0 || topic.assignments().lastKey() != count - 1) {
            return Plan.refused(
                    Fault.INVALID_REPLICA_ASSIGNMENT,
                    "Partitions should be a consecutive 0-based integer sequence, not "
                            + topic.assignments().keySet() + ".");
        }
        int replicationFactor = topic.assignments().get(0).size();
        return ReplicaLists.fault(topic.assignments().values(), replicationFactor, now)
                .map(fault -> Plan.refused(Fault.INVALID_REPLICA_ASSIGNMENT, fault))
                .orElseGet(() -> Plan.of(
                        topic.assignments().values().stream().map(Replicas::of).toList()));
    }

    /** A znode that ZooKeeper refuses would cost the reign, so its size is looked at before. */
    private static Plan checkSize(NewTopic topic, Plan plan) {
        byte[] znode = TopicZnode.encode(topic.birth().id(), plan.assignments().toArray(Assignment[]::new));
        if (znode.length > WriteLimits.MAX_ZNODE_BYTES) {
            return tooManyPartitions(plan.assignments().size());
        }
        if (ConfigZnode.encode(topic.config()).length > WriteLimits.MAX_ZNODE_BYTES) {
            return Plan.refused(Fault.INVALID_CONFIG, "The configuration is too large for a znode.");
        }
        return plan;
    }

    private static Plan tooManyPartitions(int partitions) {
        return Plan.refused(
                Fault.INVALID_PARTITIONS, "Number of partitions " + partitions + " is too large for a topic's znode.");
    }

    private void create(Draft draft, ClusterImage now, NewTopic topic, List<Assignment> assignments) {
        PartitionState[] none = new PartitionState[assignments.size()];
        Arrays.fill(none, PartitionState.NONE);
        draft.edit()
                .putTopic(TopicImage.of(
                        topic.name(),
                        topic.birth().id(),
                        topic.config(),
                        0,
                        assignments.toArray(Assignment[]::new),
                        none));
        for (int number = 0; number < assignments.size(); number++) {
            PartitionId partition = new PartitionId(topic.name(), number);
            LeaderElection.first(assignments.get(number).replicas(), id -> now.isReplicaEligible(id, partition))
                    .ifPresent(first -> draft.elect(partition, first));
        }
    }
}
