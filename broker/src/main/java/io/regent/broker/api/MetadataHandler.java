package io.regent.broker.api;

import io.regent.broker.metadata.BrokerMetadata;
import io.regent.broker.metadata.FirstTelling;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataResponses;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.metadata.MovingLeaders;
import io.regent.broker.network.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.EndpointType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBrokerCollection;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Answers where things are: Metadata and DescribeCluster. A topic that does not exist is created if the client and the
 * configuration allow it.
 *
 * <p>Any request thread may call it. It tells what the controller announced, except who rules: that is the holder of
 * {@code /controller} as this node knows it. A broker that has just started waits a moment until it has been told.
 */
final class MetadataHandler {
    private static final short FIRST_WITH_TOPIC_IDS = 12;
    private static final short LAST_WITH_CLUSTER_OPERATIONS = 10;

    private final String clusterId;
    private final MetadataCache metadata;
    private final LocalController controller;
    private final FirstTelling first;
    private final MovingLeaders leaders;
    private final boolean autoCreate;
    private final AutoTopicCreation creation;

    /** @param autoCreate auto.create.topics.enable */
    MetadataHandler(
            String clusterId,
            MetadataCache metadata,
            FirstTelling first,
            LocalController controller,
            boolean autoCreate,
            AutoTopicCreation creation) {
        this.clusterId = clusterId;
        this.metadata = metadata;
        this.first = first;
        this.controller = controller;
        this.leaders = new MovingLeaders(metadata, controller::isSuspect);
        this.autoCreate = autoCreate;
        this.creation = creation;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.METADATA, this::metadata).register(ApiKeys.DESCRIBE_CLUSTER, this::describeCluster);
    }

    private void metadata(Request request) {
        MetadataRequest body = request.body(MetadataRequest.class);
        refuseMixedUpTopics(body);
        Answers.when(
                told(body)
                        .thenCompose(told -> leaders.settled(() -> names(body)))
                        .thenCompose(settled -> answer(request, body)),
                request,
                done -> done);
    }

    private CompletableFuture<Void> told(MetadataRequest body) {
        // A topic that is asked for by its id alone may be any.
        boolean namesAll = !body.isAllTopics() && body.data().topics().stream().allMatch(topic -> topic.name() != null);
        return namesAll
                ? first.of(body.data().topics().stream()
                        .map(MetadataRequestTopic::name)
                        .toList())
                : first.ofAll();
    }

    private Collection<String> names(MetadataRequest body) {
        if (body.isAllTopics()) {
            return metadata.current().topicNames();
        }
        return body.data().topics().stream()
                .map(topic -> topic.name() != null
                        ? Optional.of(topic.name())
                        : metadata.current().topicName(topic.topicId()))
                .flatMap(Optional::stream)
                .toList();
    }

    private CompletableFuture<MetadataResponse> answer(Request request, MetadataRequest body) {
        MetadataSnapshot now = metadata.current();
        MetadataResponses describe = new MetadataResponses(now, request.context().listenerName, body.version());
        List<MetadataResponseTopic> topics = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        if (body.isAllTopics()) {
            topics.addAll(describe.topics(now.topicNames()));
        } else {
            for (MetadataRequestTopic topic : new LinkedHashSet<>(body.data().topics())) {
                describe(topic, now, describe).ifPresentOrElse(topics::add, () -> missing.add(topic.name()));
            }
        }
        return missingTopics(body, missing).thenApply(verdicts -> {
            verdicts.forEach((topic, error) -> topics.add(erroneous(error, topic, Uuid.ZERO_UUID)));
            return response(request, body, topics);
        });
    }

    private static void refuseMixedUpTopics(MetadataRequest body) {
        if (body.isAllTopics() || body.version() >= FIRST_WITH_TOPIC_IDS) {
            return;
        }
        for (MetadataRequestTopic topic : body.data().topics()) {
            if (topic.name() == null) {
                throw new InvalidRequestException("Topic name can not be null for version " + body.version());
            }
            if (!topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new InvalidRequestException(
                        "Topic IDs are not supported in requests for version " + body.version());
            }
        }
    }

    /** Empty for a name that is not known; an id that is not known is described as such. */
    private static Optional<MetadataResponseTopic> describe(
            MetadataRequestTopic topic, MetadataSnapshot now, MetadataResponses describe) {
        if (topic.topicId().equals(Uuid.ZERO_UUID)) {
            return describe.topic(topic.name());
        }
        return now.topicName(topic.topicId())
                .flatMap(describe::topic)
                .or(() -> Optional.of(erroneous(Errors.UNKNOWN_TOPIC_ID, null, topic.topicId())));
    }

    /** Those that this broker is still to be told of exist: whoever asks shall ask again. */
    private CompletableFuture<Map<String, Errors>> missingTopics(MetadataRequest body, Collection<String> topics) {
        Map<String, Errors> verdicts = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String topic : topics) {
            if (first.isUntold(topic)) {
                verdicts.put(topic, Errors.LEADER_NOT_AVAILABLE);
            } else {
                missing.add(topic);
            }
        }
        if (autoCreate && body.allowAutoTopicCreation() && !missing.isEmpty()) {
            return creation.create(missing).thenApply(created -> {
                verdicts.putAll(created);
                return verdicts;
            });
        }
        for (String topic : missing) {
            boolean valid = AutoTopicCreation.isValid(topic);
            verdicts.put(topic, valid ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.INVALID_TOPIC_EXCEPTION);
        }
        return CompletableFuture.completedFuture(verdicts);
    }

    private static MetadataResponseTopic erroneous(Errors error, String name, Uuid id) {
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setTopicId(id)
                .setIsInternal(name != null && Topic.isInternal(name));
    }

    private MetadataResponse response(Request request, MetadataRequest body, List<MetadataResponseTopic> topics) {
        int clusterOperations = MetadataResponse.AUTHORIZED_OPERATIONS_OMITTED;
        if (body.data().includeClusterAuthorizedOperations() && body.version() <= LAST_WITH_CLUSTER_OPERATIONS) {
            clusterOperations = Answers.allOperations(ResourceType.CLUSTER);
        }
        if (body.data().includeTopicAuthorizedOperations()) {
            int topicOperations = Answers.allOperations(ResourceType.TOPIC);
            topics.forEach(topic -> topic.setTopicAuthorizedOperations(topicOperations));
        }
        MetadataSnapshot now = metadata.current();
        return MetadataResponse.prepareResponse(
                body.version(),
                0,
                nodes(now, request.context().listenerName),
                clusterId,
                controllerId(now),
                topics,
                clusterOperations);
    }

    private static List<Node> nodes(MetadataSnapshot now, ListenerName listener) {
        return now.aliveBrokers().stream()
                .map((BrokerMetadata broker) -> broker.node(listener.value()))
                .flatMap(Optional::stream)
                .toList();
    }

    private int controllerId(MetadataSnapshot now) {
        return controller.controllerId().orElseGet(() -> now.controllerId().orElse(MetadataResponse.NO_CONTROLLER_ID));
    }

    private void describeCluster(Request request) {
        DescribeClusterRequest body = request.body(DescribeClusterRequest.class);
        byte endpointType = body.data().endpointType();
        if (endpointType != EndpointType.BROKER.id()) {
            Errors error = endpointType == EndpointType.CONTROLLER.id()
                    ? Errors.MISMATCHED_ENDPOINT_TYPE
                    : Errors.UNSUPPORTED_ENDPOINT_TYPE;
            throw error.exception("this is a broker endpoint, not one of type " + endpointType);
        }
        MetadataSnapshot now = metadata.current();
        DescribeClusterBrokerCollection brokers = new DescribeClusterBrokerCollection();
        for (Node node : nodes(now, request.context().listenerName)) {
            brokers.add(new DescribeClusterBroker()
                    .setBrokerId(node.id())
                    .setHost(node.host())
                    .setPort(node.port())
                    .setRack(node.rack()));
        }
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(clusterId)
                .setControllerId(controllerId(now))
                .setBrokers(brokers);
        if (body.data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(Answers.allOperations(ResourceType.CLUSTER));
        }
        request.reply(new DescribeClusterResponse(response));
    }
}
