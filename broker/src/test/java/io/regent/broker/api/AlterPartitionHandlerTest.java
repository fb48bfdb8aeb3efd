package io.regent.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Asks;
import io.regent.metadata.Replicas;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionRequestData.PartitionData;
import org.apache.kafka.common.message.AlterPartitionRequestData.TopicData;
import org.junit.jupiter.api.Test;

class AlterPartitionHandlerTest {

    private static Asks.PartitionChange change(int version, TopicData topic, PartitionData partition) {
        return AlterPartitionHandler.changes(
                        new AlterPartitionRequestData()
                                .setTopics(List.of(topic.setPartitions(List.of(partition
                                        .setPartitionIndex(3)
                                        .setLeaderEpoch(4)
                                        .setPartitionEpoch(5))))),
                        (short) version)
                .get(0);
    }

    @Test
    void membersAreGivenWithTheLivesThatTheLeaderKnows() {
        Asks.PartitionChange change = change(
                3,
                new TopicData().setTopicId(Uuid.randomUuid()),
                new PartitionData()
                        .setNewIsrWithEpochs(List.of(
                                new BrokerState().setBrokerId(1).setBrokerEpoch(101),
                                new BrokerState().setBrokerId(2).setBrokerEpoch(-1))));

        assertThat(change.isr()).isEqualTo(Replicas.of(1, 2));
        assertThat(change.brokerEpochs()).containsOnlyKeys(1).containsEntry(1, 101L);
    }

    @Test
    void anOlderRequestNamesTheTopicAndNoLives() {
        Asks.PartitionChange change =
                change(1, new TopicData().setTopicName("orders"), new PartitionData().setNewIsr(List.of(1, 2)));

        assertThat(change.topic()).isEqualTo(Asks.TopicRef.of("orders"));
        assertThat(change.isr()).isEqualTo(Replicas.of(1, 2));
        assertThat(change.brokerEpochs()).isEmpty();
        assertThat(List.of(change.partition(), change.leaderEpoch(), change.partitionEpoch()))
                .containsExactly(3, 4, 5);
    }
}
