package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Outcome;
import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;

/**
 * Answers AlterPartitionReassignments and ListPartitionReassignments where this node rules (KIP-455). A reassignment is
 * answered when it is durably begun, not when it is done.
 *
 * <p>Any request thread may call it.
 */
final class ReassignmentHandler {
    private final LocalController controller;

    ReassignmentHandler(LocalController controller) {
        this.controller = controller;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, this::alter)
                .register(ApiKeys.LIST_PARTITION_REASSIGNMENTS, this::list);
    }

    private void alter(Request request) {
        requireController();
        AlterPartitionReassignmentsRequestData data =
                request.body(AlterPartitionReassignmentsRequest.class).data();
        Answers.when(
                controller.ask(new Asks.AlterReassignments(targets(data)), Answer.ReassignmentsAltered.class),
                request,
                ReassignmentHandler::altered);
    }

    private void list(Request request) {
        requireController();
        ListPartitionReassignmentsRequestData data =
                request.body(ListPartitionReassignmentsRequest.class).data();
        Answers.when(
                controller.ask(new Asks.ListReassignments(partitions(data)), Answer.ReassignmentsListed.class),
                request,
                ReassignmentHandler::listed);
    }

    private void requireController() {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
    }

    /** No replicas mean to cancel. Of a partition that is named twice the last counts, as in Kafka. */
    private static SortedMap<PartitionId, Optional<Replicas>> targets(AlterPartitionReassignmentsRequestData data) {
        SortedMap<PartitionId, Optional<Replicas>> targets = new TreeMap<>();
        data.topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> targets.put(
                                new PartitionId(topic.name(), partition.partitionIndex()),
                                Optional.ofNullable(partition.replicas()).map(Replicas::of))));
        return targets;
    }

    private static AlterPartitionReassignmentsResponse altered(Answer.ReassignmentsAltered answer) {
        Map<String, ReassignableTopicResponse> topics = new TreeMap<>();
        answer.partitions()
                .forEach((partition, outcome) -> topics.computeIfAbsent(
                                partition.topic(), name -> new ReassignableTopicResponse().setName(name))
                        .partitions()
                        .add(altered(partition, outcome)));
        return new AlterPartitionReassignmentsResponse(
                new AlterPartitionReassignmentsResponseData().setResponses(new ArrayList<>(topics.values())));
    }

    private static ReassignablePartitionResponse altered(PartitionId partition, Outcome outcome) {
        return new ReassignablePartitionResponse()
                .setPartitionIndex(partition.partition())
                .setErrorCode(outcome.fault().code())
                .setErrorMessage(Faults.message(outcome));
    }

    /** No list means all partitions. */
    private static Optional<PartitionSet> partitions(ListPartitionReassignmentsRequestData data) {
        return Optional.ofNullable(data.topics()).map(topics -> {
            List<PartitionId> named = new ArrayList<>();
            topics.forEach(topic ->
                    topic.partitionIndexes().forEach(number -> named.add(new PartitionId(topic.name(), number))));
            // A negative number is no partition, so none of that number is being reassigned.
            named.removeIf(partition -> partition.partition() < 0);
            return PartitionSet.of(named);
        });
    }

    private static ListPartitionReassignmentsResponse listed(Answer.ReassignmentsListed answer) {
        Map<String, OngoingTopicReassignment> topics = new TreeMap<>();
        answer.partitions()
                .forEach((partition, assignment) -> topics.computeIfAbsent(
                                partition.topic(), name -> new OngoingTopicReassignment().setName(name))
                        .partitions()
                        .add(listed(partition, assignment)));
        return new ListPartitionReassignmentsResponse(
                new ListPartitionReassignmentsResponseData().setTopics(new ArrayList<>(topics.values())));
    }

    private static OngoingPartitionReassignment listed(PartitionId partition, Assignment assignment) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(partition.partition())
                .setReplicas(assignment.replicas().toList())
                .setAddingReplicas(assignment.adding().toList())
                .setRemovingReplicas(assignment.removing().toList());
    }
}
