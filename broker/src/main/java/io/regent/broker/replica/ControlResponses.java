package io.regent.broker.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrResponseData;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrPartitionError;
import org.apache.kafka.common.message.LeaderAndIsrResponseData.LeaderAndIsrTopicError;
import org.apache.kafka.common.message.StopReplicaResponseData;
import org.apache.kafka.common.message.StopReplicaResponseData.StopReplicaPartitionError;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaderAndIsrRequest;
import org.apache.kafka.common.requests.LeaderAndIsrResponse;
import org.apache.kafka.common.requests.StopReplicaResponse;

/** Puts per-partition errors into the controller's answers, in the form of the request's version. Pure. */
final class ControlResponses {
    /** From this version on, topics are named by their ids. */
    private static final short FIRST_LEADER_AND_ISR_WITH_IDS = 5;

    private ControlResponses() {}

    static LeaderAndIsrResponse of(LeaderAndIsrRequest request, Map<TopicPartition, Errors> errors) {
        LeaderAndIsrResponseData data = new LeaderAndIsrResponseData();
        boolean byId = request.version() >= FIRST_LEADER_AND_ISR_WITH_IDS;
        errors.forEach((partition, error) -> {
            LeaderAndIsrPartitionError answer = new LeaderAndIsrPartitionError()
                    .setPartitionIndex(partition.partition())
                    .setErrorCode(error.code());
            if (byId) {
                topic(data, request.topicIds().getOrDefault(partition.topic(), Uuid.ZERO_UUID))
                        .partitionErrors()
                        .add(answer);
            } else {
                data.partitionErrors().add(answer.setTopicName(partition.topic()));
            }
        });
        return new LeaderAndIsrResponse(data, request.version());
    }

    private static LeaderAndIsrTopicError topic(LeaderAndIsrResponseData data, Uuid id) {
        LeaderAndIsrTopicError known = data.topics().find(id);
        if (known != null) {
            return known;
        }
        LeaderAndIsrTopicError added = new LeaderAndIsrTopicError().setTopicId(id);
        data.topics().add(added);
        return added;
    }

    static StopReplicaResponse of(Map<TopicPartition, Errors> errors) {
        List<StopReplicaPartitionError> answers = new ArrayList<>(errors.size());
        errors.forEach((partition, error) -> answers.add(new StopReplicaPartitionError()
                .setTopicName(partition.topic())
                .setPartitionIndex(partition.partition())
                .setErrorCode(error.code())));
        return new StopReplicaResponse(new StopReplicaResponseData().setPartitionErrors(answers));
    }
}
