package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Answer.AlteredPartition;
import io.regent.controller.Asks;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.requests.AlterPartitionRequest;
import org.apache.kafka.common.requests.AlterPartitionResponse;

/**
 * Answers AlterPartition, by which a leader changes an ISR, where this node rules (KIP-497, KIP-841, KIP-903).
 *
 * <p>Any request thread may call it; the answer comes when the new state is durable.
 */
final class AlterPartitionHandler implements RequestHandler {
    private static final short FIRST_WITH_TOPIC_IDS = 2;
    private static final short FIRST_WITH_BROKER_EPOCHS = 3;

    private final LocalController controller;

    AlterPartitionHandler(LocalController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        AlterPartitionRequest body = request.body(AlterPartitionRequest.class);
        Asks.AlterPartition ask = new Asks.AlterPartition(
                body.data().brokerId(), body.data().brokerEpoch(), changes(body.data(), body.version()));
        Answers.when(
                controller.ask(ask, Answer.PartitionsAltered.class),
                request,
                answer -> new AlterPartitionResponse(response(answer)));
    }

    static List<Asks.PartitionChange> changes(AlterPartitionRequestData data, short version) {
        List<Asks.PartitionChange> changes = new ArrayList<>();
        for (AlterPartitionRequestData.TopicData topic : data.topics()) {
            Asks.TopicRef ref = version >= FIRST_WITH_TOPIC_IDS
                    ? Asks.TopicRef.of(Faults.topicId(topic.topicId()))
                    : Asks.TopicRef.of(topic.topicName());
            for (AlterPartitionRequestData.PartitionData partition : topic.partitions()) {
                changes.add(change(ref, partition, version));
            }
        }
        return changes;
    }

    private static Asks.PartitionChange change(
            Asks.TopicRef topic, AlterPartitionRequestData.PartitionData partition, short version) {
        List<Integer> isr = version >= FIRST_WITH_BROKER_EPOCHS
                ? partition.newIsrWithEpochs().stream()
                        .map(BrokerState::brokerId)
                        .toList()
                : partition.newIsr();
        Map<Integer, Long> brokerEpochs = new HashMap<>();
        partition.newIsrWithEpochs().stream()
                .filter(member -> member.brokerEpoch() != Asks.ANY_EPOCH)
                .forEach(member -> brokerEpochs.put(member.brokerId(), member.brokerEpoch()));
        return new Asks.PartitionChange(
                topic,
                partition.partitionIndex(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                Replicas.of(isr),
                LeaderRecovery.of(partition.leaderRecoveryState()),
                brokerEpochs);
    }

    private static AlterPartitionResponseData response(Answer.PartitionsAltered answer) {
        AlterPartitionResponseData response = new AlterPartitionResponseData()
                .setErrorCode(answer.outcome().fault().code());
        Map<Asks.TopicRef, AlterPartitionResponseData.TopicData> topics = new LinkedHashMap<>();
        for (AlteredPartition altered : answer.partitions()) {
            topics.computeIfAbsent(altered.topic(), AlterPartitionHandler::topic)
                    .partitions()
                    .add(partition(altered));
        }
        return response.setTopics(new ArrayList<>(topics.values()));
    }

    private static AlterPartitionResponseData.TopicData topic(Asks.TopicRef topic) {
        AlterPartitionResponseData.TopicData data = new AlterPartitionResponseData.TopicData();
        return topic.isById() ? data.setTopicId(Faults.uuid(topic.id())) : data.setTopicName(topic.name());
    }

    private static AlterPartitionResponseData.PartitionData partition(AlteredPartition altered) {
        AlterPartitionResponseData.PartitionData data = new AlterPartitionResponseData.PartitionData()
                .setPartitionIndex(altered.partition())
                .setErrorCode(altered.outcome().fault().code());
        if (!altered.outcome().isOk()) {
            return data;
        }
        return data.setLeaderId(altered.state().leader())
                .setLeaderEpoch(altered.state().leaderEpoch())
                .setIsr(altered.state().isr().toList())
                .setLeaderRecoveryState((byte) altered.state().recovery().code())
                .setPartitionEpoch(altered.state().version());
    }
}
