package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.ReplicaManager;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/**
 * Answers OffsetForLeaderEpoch, by which followers and consumers find where their log and the leader's part (KIP-101,
 * KIP-320).
 *
 * <p>Any request thread may call it; it answers at once.
 */
final class OffsetForLeaderEpochHandler implements RequestHandler {
    private final ReplicaManager replicas;

    OffsetForLeaderEpochHandler(ReplicaManager replicas) {
        this.replicas = replicas;
    }

    @Override
    public void handle(Request request) {
        OffsetsForLeaderEpochRequest body = request.body(OffsetsForLeaderEpochRequest.class);
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : body.data().topics()) {
            List<EpochEndOffset> partitions = topic.partitions().stream()
                    .map(asked -> endOf(topic.topic(), asked))
                    .toList();
            response.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(partitions));
        }
        request.reply(new OffsetsForLeaderEpochResponse(response));
    }

    private EpochEndOffset endOf(String topic, OffsetForLeaderPartition asked) {
        Optional<Integer> currentEpoch = asked.currentLeaderEpoch() == RecordBatch.NO_PARTITION_LEADER_EPOCH
                ? Optional.empty()
                : Optional.of(asked.currentLeaderEpoch());
        return replicas.lastOffsetForLeaderEpoch(
                new TopicPartition(topic, asked.partition()), currentEpoch, asked.leaderEpoch());
    }
}
