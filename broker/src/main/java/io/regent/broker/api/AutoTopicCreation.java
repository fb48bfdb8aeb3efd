package io.regent.broker.api;

import io.regent.broker.BrokerConfig;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has topics created that somebody uses before anybody created them: a client's, or {@code __consumer_offsets}.
 *
 * <p>Any thread may call it; no call waits. A topic whose creation is under way is not asked for again.
 */
final class AutoTopicCreation {
    /** Sends CreateTopics to whichever broker rules. */
    @FunctionalInterface
    interface Forwarder {
        CompletableFuture<CreateTopicsResponse> createTopics(CreateTopicsRequest.Builder request);
    }

    private static final Logger LOG = LoggerFactory.getLogger(AutoTopicCreation.class);

    private final BrokerConfig config;
    private final Properties groupTopicConfigs;
    private final LocalController controller;
    private final Forwarder forwarder;
    /** Bounded by the requests under way, each of which ends by its own timeout. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** @param groupTopicConfigs the overrides that {@code __consumer_offsets} is created with */
    AutoTopicCreation(
            BrokerConfig config, Properties groupTopicConfigs, LocalController controller, Forwarder forwarder) {
        this.config = config;
        this.groupTopicConfigs = groupTopicConfigs;
        this.controller = controller;
        this.forwarder = forwarder;
    }

    /**
     * Starts the creation of topics that do not exist.
     *
     * @return what to tell the client of each: LEADER_NOT_AVAILABLE or UNKNOWN_TOPIC_OR_PARTITION make it ask again soon
     */
    CompletableFuture<Map<String, Errors>> create(Collection<String> topics) {
        Map<String, Errors> verdicts = new HashMap<>();
        List<String> wanted = new ArrayList<>();
        for (String topic : topics) {
            if (!isValid(topic)) {
                verdicts.put(topic, Errors.INVALID_TOPIC_EXCEPTION);
            } else if (underWay.add(topic)) {
                wanted.add(topic);
            } else {
                verdicts.put(topic, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(verdicts);
        }
        if (controller.isActive()) {
            return createHere(wanted, verdicts);
        }
        forward(wanted);
        wanted.forEach(topic -> verdicts.put(topic, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        return CompletableFuture.completedFuture(verdicts);
    }

    static boolean isValid(String topic) {
        try {
            Topic.validate(topic);
            return true;
        } catch (InvalidTopicException invalid) {
            return false;
        }
    }

    private CompletableFuture<Map<String, Errors>> createHere(List<String> topics, Map<String, Errors> verdicts) {
        Asks.CreateTopics ask =
                new Asks.CreateTopics(topics.stream().map(this::newTopic).toList(), false);
        return controller.ask(ask, Answer.TopicsCreated.class).handle((answer, failure) -> {
            topics.forEach(underWay::remove);
            topics.forEach(topic -> verdicts.put(topic, Errors.UNKNOWN_TOPIC_OR_PARTITION));
            if (failure == null) {
                answer.topics().forEach(created -> verdicts.put(created.name(), verdict(created)));
            }
            return verdicts;
        });
    }

    private static Errors verdict(Answer.CreatedTopic created) {
        Fault fault = created.outcome().fault();
        if (fault != Fault.NONE && fault != Fault.TOPIC_ALREADY_EXISTS) {
            LOG.warn(
                    "Could not create topic {}: {}",
                    created.name(),
                    created.outcome().message());
            return Faults.error(fault);
        }
        return Errors.LEADER_NOT_AVAILABLE;
    }

    private void forward(List<String> topics) {
        CreatableTopicCollection creatable = new CreatableTopicCollection();
        topics.forEach(topic -> creatable.add(creatable(topic)));
        CreateTopicsRequest.Builder request = new CreateTopicsRequest.Builder(
                new CreateTopicsRequestData().setTopics(creatable).setTimeoutMs(config.requestTimeoutMs()));
        var unused = forwarder.createTopics(request).whenComplete((response, failure) -> {
            topics.forEach(underWay::remove);
            if (failure != null) {
                LOG.warn("Could not ask the controller to create {}: {}", topics, failure.toString());
            }
        });
    }

    private Asks.NewTopic newTopic(String name) {
        CreatableTopic topic = creatable(name);
        Map<String, String> overrides = new TreeMap<>();
        topic.configs().forEach(override -> overrides.put(override.name(), override.value()));
        return new Asks.NewTopic(
                name,
                topic.numPartitions(),
                topic.replicationFactor(),
                new TreeMap<>(),
                overrides,
                Outcome.OK,
                birth());
    }

    /** The random choices behind a new topic. */
    static Asks.Birth birth() {
        return new Asks.Birth(
                Faults.topicId(Uuid.randomUuid()), ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
    }

    private CreatableTopic creatable(String name) {
        if (!name.equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
            return new CreatableTopic()
                    .setName(name)
                    .setNumPartitions(config.numPartitions())
                    .setReplicationFactor((short) config.defaultReplicationFactor());
        }
        CreatableTopicConfigCollection overrides = new CreatableTopicConfigCollection();
        groupTopicConfigs.forEach((key, value) ->
                overrides.add(new CreatableTopicConfig().setName(key.toString()).setValue(value.toString())));
        return new CreatableTopic()
                .setName(name)
                .setNumPartitions(config.getInt(GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG))
                .setReplicationFactor(config.getShort(GroupCoordinatorConfig.OFFSETS_TOPIC_REPLICATION_FACTOR_CONFIG))
                .setConfigs(overrides);
    }
}
