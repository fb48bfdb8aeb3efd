package io.regent.broker.api;

import io.regent.broker.log.PartitionLog;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.Partition;
import io.regent.broker.replica.ReplicaManager;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;

/**
 * Answers DescribeProducers: what the leader remembers of those who wrote to a partition (KIP-664).
 *
 * <p>Any request thread may call it.
 */
final class DescribeProducersHandler implements RequestHandler {
    private static final int NO_OFFSET = -1;

    private final ReplicaManager replicas;
    private final MetadataCache metadata;

    DescribeProducersHandler(ReplicaManager replicas, MetadataCache metadata) {
        this.replicas = replicas;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        DescribeProducersRequest body = request.body(DescribeProducersRequest.class);
        List<TopicResponse> topics = new ArrayList<>();
        for (TopicRequest topic : body.data().topics()) {
            topics.add(new TopicResponse()
                    .setName(topic.name())
                    .setPartitions(topic.partitionIndexes().stream()
                            .map(partition -> describe(new TopicPartition(topic.name(), partition)))
                            .toList()));
        }
        request.reply(new DescribeProducersResponse(new DescribeProducersResponseData().setTopics(topics)));
    }

    private PartitionResponse describe(TopicPartition id) {
        PartitionResponse response = new PartitionResponse().setPartitionIndex(id.partition());
        Errors error = error(id);
        if (error != Errors.NONE) {
            return response.setErrorCode(error.code()).setErrorMessage(error.message());
        }
        return replicas.partition(id)
                .flatMap(Partition::leaderLog)
                .map(log -> response.setActiveProducers(producers(log)))
                .orElseGet(() -> response.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code())
                        .setErrorMessage(Errors.NOT_LEADER_OR_FOLLOWER.message()));
    }

    private Errors error(TopicPartition id) {
        if (!AutoTopicCreation.isValid(id.topic())) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        return metadata.current().contains(id) ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static List<ProducerState> producers(PartitionLog log) {
        return log.producers().active().values().stream()
                .map(DescribeProducersHandler::producer)
                .toList();
    }

    private static ProducerState producer(ProducerStateEntry entry) {
        return new ProducerState()
                .setProducerId(entry.producerId())
                .setProducerEpoch(entry.producerEpoch())
                .setLastSequence(entry.lastSeq())
                .setLastTimestamp(entry.lastTimestamp())
                .setCoordinatorEpoch(entry.coordinatorEpoch())
                .setCurrentTxnStartOffset(entry.currentTxnFirstOffset().orElse(NO_OFFSET));
    }
}
