package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.ReplicaManager;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/**
 * Answers DeleteRecords once every live replica has dropped the records, or the request's timeout is over (KIP-107).
 *
 * <p>Any request thread may call it.
 */
final class DeleteRecordsHandler implements RequestHandler {
    private final ReplicaManager replicas;
    private final MetadataCache metadata;

    DeleteRecordsHandler(ReplicaManager replicas, MetadataCache metadata) {
        this.replicas = replicas;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        DeleteRecordsRequest body = request.body(DeleteRecordsRequest.class);
        MetadataSnapshot now = metadata.current();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, DeleteRecordsPartitionResult> results = new HashMap<>();
        body.data()
                .topics()
                .forEach(topic -> topic.partitions().forEach(asked -> {
                    TopicPartition id = new TopicPartition(topic.name(), asked.partitionIndex());
                    if (now.contains(id)) {
                        offsets.put(id, asked.offset());
                    } else {
                        results.put(id, unknown(id));
                    }
                }));
        Answers.when(replicas.deleteRecords(offsets, body.data().timeoutMs()), request, deleted -> {
            results.putAll(deleted);
            return response(results);
        });
    }

    private static DeleteRecordsPartitionResult unknown(TopicPartition id) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(id.partition())
                .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK)
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static DeleteRecordsResponse response(Map<TopicPartition, DeleteRecordsPartitionResult> results) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        results.forEach((id, result) -> {
            DeleteRecordsTopicResult topic = response.topics().find(id.topic());
            if (topic == null) {
                topic = new DeleteRecordsTopicResult().setName(id.topic());
                response.topics().add(topic);
            }
            topic.partitions().add(result);
        });
        return new DeleteRecordsResponse(response);
    }
}
