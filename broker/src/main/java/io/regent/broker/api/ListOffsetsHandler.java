package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.ReplicaManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers ListOffsets: which offset a partition has at a time, or at its start and end.
 *
 * <p>Any request thread may call it; it answers at once.
 */
final class ListOffsetsHandler implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsHandler.class);

    /** The versions from which on the timestamps with a meaning of their own are understood (KIP-734, KIP-405). */
    private static final Map<Long, Integer> SPECIAL_TIMESTAMPS = Map.of(
            ListOffsetsRequest.LATEST_TIMESTAMP, 0,
            ListOffsetsRequest.EARLIEST_TIMESTAMP, 0,
            ListOffsetsRequest.MAX_TIMESTAMP, 7,
            ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP, 8,
            ListOffsetsRequest.LATEST_TIERED_TIMESTAMP, 9);

    private static final short FIRST_WITH_LEADER_EPOCH = 4;
    private static final short FIRST_WITH_OFFSET_NOT_AVAILABLE = 5;

    private final ReplicaManager replicas;

    ListOffsetsHandler(ReplicaManager replicas) {
        this.replicas = replicas;
    }

    @Override
    public void handle(Request request) {
        ListOffsetsRequest body = request.body(ListOffsetsRequest.class);
        List<ListOffsetsTopicResponse> topics = new ArrayList<>();
        for (ListOffsetsTopic topic : body.topics()) {
            List<ListOffsetsPartitionResponse> partitions = topic.partitions().stream()
                    .map(asked -> answer(body, new TopicPartition(topic.name(), asked.partitionIndex()), asked))
                    .toList();
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
        }
        request.reply(new ListOffsetsResponse(new ListOffsetsResponseData().setTopics(topics)));
    }

    private ListOffsetsPartitionResponse answer(
            ListOffsetsRequest body, TopicPartition id, ListOffsetsPartition asked) {
        if (body.duplicatePartitions().contains(id)) {
            return refused(asked, Errors.INVALID_REQUEST);
        }
        if (asked.timestamp() < 0
                && body.version() < SPECIAL_TIMESTAMPS.getOrDefault(asked.timestamp(), Integer.MAX_VALUE)) {
            return refused(asked, Errors.UNSUPPORTED_VERSION);
        }
        try {
            return body.version() == 0 ? segmentStarts(body, id, asked) : offset(body, id, asked);
        } catch (ApiException refusal) {
            return refused(asked, known(Errors.forException(refusal), body.version()));
        } catch (RuntimeException unexpected) {
            LOG.error("Could not look up an offset of {}", id, unexpected);
            return refused(asked, Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    private ListOffsetsPartitionResponse offset(
            ListOffsetsRequest body, TopicPartition id, ListOffsetsPartition asked) {
        Optional<Integer> leaderEpoch = asked.currentLeaderEpoch() == ListOffsetsResponse.UNKNOWN_EPOCH
                ? Optional.empty()
                : Optional.of(asked.currentLeaderEpoch());
        boolean onlyLeader = body.replicaId() != ListOffsetsRequest.DEBUGGING_REPLICA_ID;
        Optional<TimestampAndOffset> found =
                replicas.listOffset(id, asked.timestamp(), isolation(body), leaderEpoch, onlyLeader);
        ListOffsetsPartitionResponse response = refused(asked, Errors.NONE);
        found.ifPresent(position -> {
            response.setTimestamp(position.timestamp).setOffset(position.offset);
            if (body.version() >= FIRST_WITH_LEADER_EPOCH) {
                position.leaderEpoch.ifPresent(response::setLeaderEpoch);
            }
        });
        return response;
    }

    private ListOffsetsPartitionResponse segmentStarts(
            ListOffsetsRequest body, TopicPartition id, ListOffsetsPartition asked) {
        List<Long> offsets = replicas.legacyListOffsets(id, asked.timestamp(), isolation(body), asked.maxNumOffsets());
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setErrorCode(Errors.NONE.code())
                .setOldStyleOffsets(offsets);
    }

    private static Optional<IsolationLevel> isolation(ListOffsetsRequest body) {
        return body.replicaId() == ListOffsetsRequest.CONSUMER_REPLICA_ID
                ? Optional.of(body.isolationLevel())
                : Optional.empty();
    }

    private static Errors known(Errors error, short version) {
        return error == Errors.OFFSET_NOT_AVAILABLE && version < FIRST_WITH_OFFSET_NOT_AVAILABLE
                ? Errors.LEADER_NOT_AVAILABLE
                : error;
    }

    private static ListOffsetsPartitionResponse refused(ListOffsetsPartition asked, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setErrorCode(error.code())
                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET);
    }
}
