package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.metadata.PartitionMetadata;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Outcome;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;

/**
 * Answers ElectLeaders where this node rules, once this broker knows the elected leaders, or the request's timeout is
 * over (KIP-183, KIP-460).
 *
 * <p>Any request thread may call it.
 */
final class ElectLeadersHandler implements RequestHandler {
    private final LocalController controller;
    private final MetadataCache metadata;

    ElectLeadersHandler(LocalController controller, MetadataCache metadata) {
        this.controller = controller;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        ElectLeadersRequest body = request.body(ElectLeadersRequest.class);
        Asks.ElectLeaders ask = new Asks.ElectLeaders(type(body.data()), partitions(body.data()));
        Answers.when(
                controller
                        .ask(ask, Answer.LeadersElected.class)
                        .thenCompose(answer -> metadata.await(
                                        now -> allKnown(answer, ask.type(), now),
                                        body.data().timeoutMs())
                                .thenApply(now -> response(answer, ask.type(), now, body.version()))),
                request,
                response -> response);
    }

    private static Asks.ElectionType type(ElectLeadersRequestData data) {
        return switch (data.electionType()) {
            case 0 -> Asks.ElectionType.PREFERRED;
            case 1 -> Asks.ElectionType.UNCLEAN;
            default -> throw new InvalidRequestException("There is no election type " + data.electionType());
        };
    }

    /** No list means all partitions. */
    private static Optional<PartitionSet> partitions(ElectLeadersRequestData data) {
        return Optional.ofNullable(data.topicPartitions()).map(topics -> {
            PartitionSet.Builder named = PartitionSet.builder();
            topics.forEach(topic -> topic.partitions().forEach(partition -> named.add(topic.topic(), partition)));
            return named.build();
        });
    }

    private static boolean allKnown(Answer.LeadersElected answer, Asks.ElectionType type, MetadataSnapshot now) {
        return answer.partitions().entrySet().stream()
                .filter(result -> result.getValue().isOk())
                .allMatch(result -> isKnown(result.getKey(), type, now));
    }

    private static boolean isKnown(PartitionId id, Asks.ElectionType type, MetadataSnapshot now) {
        Optional<PartitionMetadata> partition = now.partition(new TopicPartition(id.topic(), id.partition()));
        return type == Asks.ElectionType.PREFERRED
                ? partition
                        .filter(state -> state.leader() == state.replicas().get(0))
                        .isPresent()
                : partition.filter(PartitionMetadata::hasLeader).isPresent();
    }

    private static ElectLeadersResponse response(
            Answer.LeadersElected answer, Asks.ElectionType type, MetadataSnapshot now, short version) {
        Map<String, ReplicaElectionResult> byTopic = new TreeMap<>();
        answer.partitions()
                .forEach((id, outcome) -> byTopic.computeIfAbsent(
                                id.topic(), topic -> new ReplicaElectionResult().setTopic(topic))
                        .partitionResult()
                        .add(result(id, outcome, type, now)));
        return new ElectLeadersResponse(0, Errors.NONE.code(), new ArrayList<>(byTopic.values()), version);
    }

    private static PartitionResult result(
            PartitionId id, Outcome outcome, Asks.ElectionType type, MetadataSnapshot now) {
        PartitionResult result = new PartitionResult().setPartitionId(id.partition());
        if (outcome.isOk() && !isKnown(id, type, now)) {
            return result.setErrorCode(Errors.REQUEST_TIMED_OUT.code())
                    .setErrorMessage("The leader was elected, but is not known to this broker yet");
        }
        return result.setErrorCode(outcome.fault().code()).setErrorMessage(Faults.message(outcome));
    }
}
