package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.broker.replica.AppendRequest;
import io.regent.broker.replica.ReplicaManager;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * Answers Produce: appends the records to the partitions led here and replies when as many replicas have them as the
 * producer asked for.
 *
 * <p>Called by request threads; a wait for followers ends on another. Without acknowledgement (acks=0) an error closes the
 * connection, the only sign such a producer reads. Transactional records are refused with INVALID_TXN_STATE.
 */
final class ProduceHandler implements RequestHandler {
    /** The client id by which administrators' tools may write to internal topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    private static final short FIRST_WITH_CURRENT_LEADER = 10;

    private final ReplicaManager replicas;
    private final MetadataCache metadata;

    ProduceHandler(ReplicaManager replicas, MetadataCache metadata) {
        this.replicas = replicas;
        this.metadata = metadata;
    }

    @Override
    public void handle(Request request) {
        ProduceRequest body = request.body(ProduceRequest.class);
        Map<TopicPartition, PartitionResponse> refused = new HashMap<>();
        Map<TopicPartition, MemoryRecords> accepted = new LinkedHashMap<>();
        boolean transactional = RequestUtils.hasTransactionalRecords(body);
        for (TopicProduceData topic : body.data().topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.index());
                PartitionResponse refusal = transactional
                        ? refusal(Errors.INVALID_TXN_STATE, "Transactions are not supported by this broker")
                        : check(partition, body.version());
                if (refusal == null) {
                    accepted.put(id, (MemoryRecords) partition.records());
                } else {
                    refused.put(id, refusal);
                }
            }
        }
        append(request, body, accepted, refused);
    }

    /** Null when the records may be appended. */
    private static PartitionResponse check(PartitionProduceData partition, short version) {
        try {
            ProduceRequest.validateRecords(version, partition.records());
            return null;
        } catch (ApiException invalid) {
            return refusal(Errors.forException(invalid), invalid.getMessage());
        }
    }

    private static PartitionResponse refusal(Errors error, String message) {
        PartitionResponse refusal = new PartitionResponse(error);
        refusal.errorMessage = message;
        return refusal;
    }

    private void append(
            Request request,
            ProduceRequest body,
            Map<TopicPartition, MemoryRecords> accepted,
            Map<TopicPartition, PartitionResponse> refused) {
        boolean internalTopicsAllowed = ADMIN_CLIENT_ID.equals(request.header().clientId());
        AppendRequest append = AppendRequest.ofClient(body.acks(), body.timeout(), internalTopicsAllowed, accepted);
        short acks = body.acks();
        var unused = replicas.append(append).whenComplete((appended, failure) -> {
            if (failure != null) {
                request.fail(Answers.cause(failure));
                return;
            }
            Map<TopicPartition, PartitionResponse> outcomes = new HashMap<>(refused);
            outcomes.putAll(appended);
            if (acks == 0) {
                answerWithoutResponse(request, outcomes);
            } else {
                request.reply(response(request, outcomes));
            }
        });
        // The request stays referenced while it waits for followers; its records are in the log already.
        body.clearPartitionRecords();
    }

    private static void answerWithoutResponse(Request request, Map<TopicPartition, PartitionResponse> outcomes) {
        outcomes.entrySet().stream()
                .filter(outcome -> outcome.getValue().error != Errors.NONE)
                .findAny()
                .ifPresentOrElse(
                        failed -> request.disconnect(
                                "a produce with acks=0 failed: " + failed.getKey() + " " + failed.getValue().error),
                        request::replyNothing);
    }

    private ProduceResponse response(Request request, Map<TopicPartition, PartitionResponse> outcomes) {
        CurrentLeaders leaders = new CurrentLeaders(metadata.current(), request.context().listenerName);
        ProduceResponseData response = new ProduceResponseData();
        outcomes.forEach((id, outcome) -> {
            TopicProduceResponse topic = response.responses().find(id.topic());
            if (topic == null) {
                topic = new TopicProduceResponse().setName(id.topic());
                response.responses().add(topic);
            }
            PartitionProduceResponse partition = partition(id, outcome);
            if (outcome.error == Errors.NOT_LEADER_OR_FOLLOWER
                    && request.header().apiVersion() >= FIRST_WITH_CURRENT_LEADER) {
                CurrentLeaders.Leader leader = leaders.of(id);
                partition.currentLeader().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch());
            }
            topic.partitionResponses().add(partition);
        });
        leaders.named()
                .forEach(node -> response.nodeEndpoints()
                        .add(new NodeEndpoint()
                                .setNodeId(node.id())
                                .setHost(node.host())
                                .setPort(node.port())
                                .setRack(node.rack())));
        return new ProduceResponse(response);
    }

    private static PartitionProduceResponse partition(TopicPartition id, PartitionResponse outcome) {
        List<BatchIndexAndErrorMessage> recordErrors = outcome.recordErrors.stream()
                .map(error -> new BatchIndexAndErrorMessage()
                        .setBatchIndex(error.batchIndex)
                        .setBatchIndexErrorMessage(error.message))
                .toList();
        return new PartitionProduceResponse()
                .setIndex(id.partition())
                .setErrorCode(outcome.error.code())
                .setErrorMessage(outcome.errorMessage)
                .setBaseOffset(outcome.baseOffset)
                .setLogAppendTimeMs(outcome.logAppendTime)
                .setLogStartOffset(outcome.logStartOffset)
                .setRecordErrors(recordErrors);
    }
}
