package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.ReplicaManager;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;

/**
 * Answers AlterReplicaLogDirs: has replicas move between the log directories of this broker (KIP-113). The answer says
 * that a move has begun; DescribeLogDirs tells how far it is.
 *
 * <p>Any request thread may call it.
 */
final class AlterReplicaLogDirsHandler implements RequestHandler {
    private final ReplicaManager replicas;

    AlterReplicaLogDirsHandler(ReplicaManager replicas) {
        this.replicas = replicas;
    }

    @Override
    public void handle(Request request) {
        Map<String, AlterReplicaLogDirTopicResult> topics = new LinkedHashMap<>();
        request.body(AlterReplicaLogDirsRequest.class)
                .partitionDirs()
                .forEach((partition, logDir) -> topics.computeIfAbsent(
                                partition.topic(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name))
                        .partitions()
                        .add(move(partition, logDir)));
        AlterReplicaLogDirsResponseData answer = new AlterReplicaLogDirsResponseData();
        answer.results().addAll(topics.values());
        request.reply(new AlterReplicaLogDirsResponse(answer));
    }

    private AlterReplicaLogDirPartitionResult move(TopicPartition partition, String logDir) {
        return new AlterReplicaLogDirPartitionResult()
                .setPartitionIndex(partition.partition())
                .setErrorCode(replicas.alterLogDir(partition, logDir).code());
    }
}
