package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/**
 * Answers which broker coordinates a group: the leader of the group's partition of {@code __consumer_offsets}, which is
 * created when the first group asks.
 *
 * <p>Any request thread may call it. Transactions and share groups have no coordinator here, and are told so.
 */
final class FindCoordinatorHandler implements RequestHandler {
    private static final short FIRST_WITH_BATCHES = 4;

    private final GroupCoordinator groups;
    private final MetadataCache metadata;
    private final AutoTopicCreation creation;

    FindCoordinatorHandler(GroupCoordinator groups, MetadataCache metadata, AutoTopicCreation creation) {
        this.groups = groups;
        this.metadata = metadata;
        this.creation = creation;
    }

    @Override
    public void handle(Request request) {
        FindCoordinatorRequest body = request.body(FindCoordinatorRequest.class);
        ListenerName listener = request.context().listenerName;
        byte type = body.data().keyType();
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (body.version() >= FIRST_WITH_BATCHES) {
            response.setCoordinators(body.data().coordinatorKeys().stream()
                    .map(key -> find(type, key, listener))
                    .toList());
        } else {
            Coordinator found = find(type, body.data().key(), listener);
            response.setErrorCode(found.errorCode())
                    .setErrorMessage(found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        }
        request.reply(new FindCoordinatorResponse(response));
    }

    private Coordinator find(byte type, String key, ListenerName listener) {
        if (type == CoordinatorType.GROUP.id()) {
            return groupCoordinator(key, listener);
        }
        if (type == CoordinatorType.TRANSACTION.id()) {
            // An error that clients do not retry: waiting would not bring a transaction coordinator.
            return refused(key, Errors.UNSUPPORTED_VERSION, "Transactions are not supported by this broker");
        }
        return refused(key, Errors.INVALID_REQUEST, "There is no coordinator of key type " + type);
    }

    private Coordinator groupCoordinator(String group, ListenerName listener) {
        MetadataSnapshot now = metadata.current();
        if (!now.contains(Topic.GROUP_METADATA_TOPIC_NAME)) {
            var unused = creation.create(List.of(Topic.GROUP_METADATA_TOPIC_NAME));
            return unavailable(group);
        }
        TopicPartition partition = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, groups.partitionFor(group));
        Optional<Node> leader = now.partition(partition).flatMap(state -> now.node(state.leader(), listener));
        return leader.map(node -> new Coordinator()
                        .setKey(group)
                        .setErrorCode(Errors.NONE.code())
                        .setErrorMessage(Errors.NONE.message())
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port()))
                .orElseGet(() -> unavailable(group));
    }

    private static Coordinator unavailable(String key) {
        return refused(key, Errors.COORDINATOR_NOT_AVAILABLE, Errors.COORDINATOR_NOT_AVAILABLE.message());
    }

    private static Coordinator refused(String key, Errors error, String why) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(why)
                .setNodeId(Node.noNode().id())
                .setHost(Node.noNode().host())
                .setPort(Node.noNode().port());
    }
}
