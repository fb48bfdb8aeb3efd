package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Answer.CreatedTopic;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/**
 * Answers CreateTopics where this node rules, once every new partition has a leader that this broker knows of, or the
 * request's timeout is over.
 *
 * <p>Any request thread may call it. A topic whose leaders are late is answered REQUEST_TIMED_OUT: it exists all the same.
 */
final class CreateTopicsHandler implements RequestHandler {
    private final LocalController controller;
    private final MetadataCache metadata;
    private final TopicConfigs configs;
    private final ConfigEntries entries;

    CreateTopicsHandler(
            LocalController controller, MetadataCache metadata, TopicConfigs configs, ConfigEntries entries) {
        this.controller = controller;
        this.metadata = metadata;
        this.configs = configs;
        this.entries = entries;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        CreateTopicsRequest body = request.body(CreateTopicsRequest.class);
        List<Asks.NewTopic> topics = new ArrayList<>();
        body.data().topics().forEach(topic -> topics.add(newTopic(topic)));
        Asks.CreateTopics ask = new Asks.CreateTopics(topics, body.data().validateOnly());
        Answers.when(
                controller.ask(ask, Answer.TopicsCreated.class).thenCompose(answer -> {
                    long timeoutMs = ask.validateOnly() ? 0 : body.data().timeoutMs();
                    return metadata.awaitLeaders(created(answer), timeoutMs)
                            .thenApply(late -> response(answer, ask.validateOnly() ? Set.of() : topicsOf(late)));
                }),
                request,
                response -> response);
    }

    private Asks.NewTopic newTopic(CreatableTopic topic) {
        Map<String, String> overrides = new HashMap<>();
        for (CreatableTopicConfig override : topic.configs()) {
            overrides.put(override.name(), override.value());
        }
        Outcome sound = configs.check(overrides);
        SortedMap<Integer, List<Integer>> assignments = new TreeMap<>();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            if (assignments.put(assignment.partitionIndex(), assignment.brokerIds()) != null) {
                sound = Outcome.refused(
                        Fault.INVALID_REPLICA_ASSIGNMENT,
                        "Partition " + assignment.partitionIndex() + " is assigned twice");
            }
        }
        return new Asks.NewTopic(
                topic.name(),
                topic.numPartitions(),
                topic.replicationFactor(),
                assignments,
                overrides,
                sound,
                AutoTopicCreation.birth());
    }

    private static List<TopicPartition> created(Answer.TopicsCreated answer) {
        return answer.topics().stream()
                .filter(topic -> topic.outcome().isOk())
                .flatMap(topic -> IntStream.range(0, topic.assignments().size())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .toList();
    }

    private static Set<String> topicsOf(Set<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    }

    private CreateTopicsResponse response(Answer.TopicsCreated answer, Set<String> late) {
        CreatableTopicResultCollection results = new CreatableTopicResultCollection();
        for (CreatedTopic topic : answer.topics()) {
            results.add(result(topic, late.contains(topic.name())));
        }
        return new CreateTopicsResponse(new CreateTopicsResponseData().setTopics(results));
    }

    private CreatableTopicResult result(CreatedTopic topic, boolean late) {
        CreatableTopicResult result =
                new CreatableTopicResult().setName(topic.name()).setTopicId(Faults.uuid(topic.id()));
        if (!topic.outcome().isOk()) {
            return result.setErrorCode(topic.outcome().fault().code())
                    .setErrorMessage(Faults.message(topic.outcome()))
                    .setConfigs(List.of());
        }
        if (late) {
            return result.setErrorCode(Errors.REQUEST_TIMED_OUT.code())
                    .setErrorMessage("The topic was created, but its leaders are not known yet")
                    .setConfigs(List.of());
        }
        return result.setNumPartitions(topic.assignments().size())
                .setReplicationFactor(
                        (short) topic.assignments().get(0).replicas().size())
                .setConfigs(entries.ofNewTopic(topic.config()));
    }
}
