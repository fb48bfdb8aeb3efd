package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Answer.DeletedTopic;
import io.regent.controller.Asks;
import io.regent.controller.Fault;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;

/**
 * Answers DeleteTopics where this node rules, once the topics are gone from this broker's metadata, or the request's
 * timeout is over.
 *
 * <p>Any request thread may call it. The replicas' files are deleted afterwards.
 */
final class DeleteTopicsHandler implements RequestHandler {
    /** Older clients do not know TOPIC_DELETION_DISABLED. */
    private static final short FIRST_WITH_DELETION_DISABLED = 3;

    private final LocalController controller;
    private final MetadataCache metadata;

    DeleteTopicsHandler(LocalController controller, MetadataCache metadata) {
        this.controller = controller;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        DeleteTopicsRequest body = request.body(DeleteTopicsRequest.class);
        Asks.DeleteTopics ask = new Asks.DeleteTopics(
                body.topics().stream().map(DeleteTopicsHandler::named).toList());
        Answers.when(
                controller.ask(ask, Answer.TopicsDeleted.class).thenCompose(answer -> {
                    List<String> deleted = answer.topics().stream()
                            .filter(topic -> topic.outcome().isOk())
                            .map(DeletedTopic::name)
                            .toList();
                    return metadata.await(
                                    now -> noneOf(deleted, now), body.data().timeoutMs())
                            .thenApply(now -> response(answer, now, body.version()));
                }),
                request,
                response -> response);
    }

    private static Asks.TopicRef named(DeleteTopicState topic) {
        boolean byId = !topic.topicId().equals(Uuid.ZERO_UUID);
        if (byId && topic.name() != null) {
            throw new InvalidRequestException("Topic name and topic ID can not both be specified.");
        }
        if (!byId && (topic.name() == null || topic.name().isEmpty())) {
            throw new InvalidRequestException("Neither topic name nor topic ID is specified.");
        }
        return byId ? Asks.TopicRef.of(Faults.topicId(topic.topicId())) : Asks.TopicRef.of(topic.name());
    }

    private static boolean noneOf(List<String> topics, MetadataSnapshot now) {
        return topics.stream().noneMatch(now::contains);
    }

    private static DeleteTopicsResponse response(Answer.TopicsDeleted answer, MetadataSnapshot now, short version) {
        DeletableTopicResultCollection results = new DeletableTopicResultCollection();
        for (DeletedTopic topic : answer.topics()) {
            DeletableTopicResult result = new DeletableTopicResult()
                    .setName(topic.name().isEmpty() ? null : topic.name())
                    .setTopicId(Faults.uuid(topic.id()));
            if (topic.outcome().isOk() && now.contains(topic.name())) {
                result.setErrorCode(Errors.REQUEST_TIMED_OUT.code())
                        .setErrorMessage("The topic is marked for deletion, but is still known to this broker");
            } else {
                result.setErrorCode(error(topic.outcome().fault(), version).code())
                        .setErrorMessage(Faults.message(topic.outcome()));
            }
            results.add(result);
        }
        return new DeleteTopicsResponse(new DeleteTopicsResponseData().setResponses(results));
    }

    private static Errors error(Fault fault, short version) {
        return fault == Fault.TOPIC_DELETION_DISABLED && version < FIRST_WITH_DELETION_DISABLED
                ? Errors.INVALID_REQUEST
                : Faults.error(fault);
    }
}
