package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.metadata.TopicMetadata;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;

/**
 * Answers CreatePartitions where this node rules, once every new partition has a leader that this broker knows of, or the
 * request's timeout is over.
 *
 * <p>Any request thread may call it.
 */
final class CreatePartitionsHandler implements RequestHandler {
    private final LocalController controller;
    private final MetadataCache metadata;

    CreatePartitionsHandler(LocalController controller, MetadataCache metadata) {
        this.controller = controller;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        CreatePartitionsRequest body = request.body(CreatePartitionsRequest.class);
        Map<String, CreatePartitionsTopic> topics = new LinkedHashMap<>();
        Set<String> duplicates = new HashSet<>();
        for (CreatePartitionsTopic topic : body.data().topics()) {
            if (topics.put(topic.name(), topic) != null) {
                duplicates.add(topic.name());
            }
        }
        topics.keySet().removeAll(duplicates);
        boolean validateOnly = body.data().validateOnly();
        Asks.CreatePartitions ask = new Asks.CreatePartitions(
                topics.values().stream()
                        .map(CreatePartitionsHandler::morePartitions)
                        .toList(),
                validateOnly);
        MetadataSnapshot before = metadata.current();
        Answers.when(
                controller.ask(ask, Answer.PartitionsCreated.class).thenCompose(answer -> {
                    List<TopicPartition> created =
                            validateOnly ? List.of() : created(answer, topics.values().stream(), before);
                    return metadata.awaitLeaders(created, body.data().timeoutMs())
                            .thenApply(late -> response(answer, late, duplicates));
                }),
                request,
                response -> response);
    }

    private static Asks.MorePartitions morePartitions(CreatePartitionsTopic topic) {
        Optional<List<List<Integer>>> assignments = Optional.ofNullable(topic.assignments())
                .map(placed -> placed.stream()
                        .map(CreatePartitionsAssignment::brokerIds)
                        .toList());
        return new Asks.MorePartitions(topic.name(), topic.count(), assignments);
    }

    /** Only the new ones: an old partition that is offline is no reason to wait. */
    private static List<TopicPartition> created(
            Answer.PartitionsCreated answer, Stream<CreatePartitionsTopic> topics, MetadataSnapshot before) {
        return topics.filter(topic -> answer.topics().containsKey(topic.name())
                        && answer.topics().get(topic.name()).isOk())
                .flatMap(topic -> {
                    int known = before.topic(topic.name())
                            .map(TopicMetadata::partitionCount)
                            .orElse(0);
                    return IntStream.range(known, topic.count())
                            .mapToObj(partition -> new TopicPartition(topic.name(), partition));
                })
                .toList();
    }

    private static CreatePartitionsResponse response(
            Answer.PartitionsCreated answer, Set<TopicPartition> late, Set<String> duplicates) {
        Set<String> lateTopics = late.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        List<CreatePartitionsTopicResult> results = new ArrayList<>();
        answer.topics().forEach((topic, outcome) -> {
            if (outcome.isOk() && lateTopics.contains(topic)) {
                results.add(result(
                        topic,
                        Errors.REQUEST_TIMED_OUT,
                        "The partitions were created, but their leaders are not known yet"));
            } else {
                results.add(result(topic, Faults.error(outcome.fault()), Faults.message(outcome)));
            }
        });
        duplicates.forEach(
                topic -> results.add(result(topic, Errors.INVALID_REQUEST, "The topic is named twice in the request")));
        return new CreatePartitionsResponse(new CreatePartitionsResponseData().setResults(results));
    }

    private static CreatePartitionsTopicResult result(String topic, Errors error, String message) {
        return new CreatePartitionsTopicResult()
                .setName(topic)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
