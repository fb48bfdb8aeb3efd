package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestBroker.state;
import static io.regent.broker.replica.TestRecords.CONSUMER;
import static io.regent.broker.replica.TestRecords.append;
import static io.regent.broker.replica.TestRecords.batch;
import static io.regent.broker.replica.TestRecords.fetch;
import static io.regent.broker.replica.TestRecords.follow;
import static io.regent.broker.replica.TestRecords.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.broker.log.PartitionLog;
import io.regent.broker.replica.TestRecords.Wanted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = new TestBroker(1, dir);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private PartitionLog log() {
        return broker.replicas.log(PARTITION).orElseThrow();
    }

    private void lag() {
        broker.scheduler.advance(TestBroker.LAG_MS + 1);
    }

    @Test
    void acksOfAllWaitForTheIsr() {
        broker.lead(1, 1, 2, 3);
        var produced = produce(broker, -1, "a");
        assertThat(produced).isNotDone();
        assertThat(log().highWatermark()).isZero();

        follow(broker, 2, 1);
        assertThat(produced).isNotDone();
        follow(broker, 3, 1);

        assertThat(produced).isCompleted();
        assertThat(produced.join().error).isEqualTo(Errors.NONE);
        assertThat(produced.join().baseOffset).isZero();
        assertThat(log().highWatermark()).isEqualTo(1);
    }

    @Test
    void acksOfTheLeaderDoNotWait() {
        broker.lead(1, 1, 2, 3);
        assertThat(produce(broker, 1, "a")).isCompleted();
        assertThat(produce(broker, 0, "b")).isCompleted();
        assertThat(log().logEndOffset()).isEqualTo(2);
    }

    @Test
    void otherAcksAreRefusedBeforeAnythingIsAppended() {
        broker.lead(1, 1);
        assertThat(produce(broker, 2, "a").join().error).isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(log().logEndOffset()).isZero();
    }

    @Test
    void tooFewReplicasAreToldBeforeTheAppend() {
        broker.topicConfig.put("min.insync.replicas", "2");
        broker.lead(1, 1);
        assertThat(produce(broker, -1, "a").join().error).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(log().logEndOffset()).isZero();
        assertThat(produce(broker, 1, "a").join().error).isEqualTo(Errors.NONE);
    }

    @Test
    void theWatermarkStandsStillBelowTheMinimumIsr() {
        broker.topicConfig.put("min.insync.replicas", "2");
        broker.lead(1, 1);
        append(broker, "a");
        assertThat(log().highWatermark()).isZero();
    }

    @Test
    void anAppendThatLosesItsReplicasIsNotAcknowledged() throws Exception {
        broker.topicConfig.put("min.insync.replicas", "2");
        broker.lead(1, 1, 2);
        var produced =
                broker.replicas.append(AppendRequest.ofClient((short) -1, 50, false, Map.of(PARTITION, batch("a"))));
        lag();
        broker.controller.agree();

        assertThat(log().highWatermark()).isZero();
        assertThat(produced.get(10, TimeUnit.SECONDS).get(PARTITION).error).isEqualTo(Errors.REQUEST_TIMED_OUT);
    }

    @Test
    void aProduceThatTheIsrDoesNotConfirmTimesOut() throws Exception {
        broker.lead(1, 1, 2);
        PartitionResponse response = broker.replicas
                .append(AppendRequest.ofClient((short) -1, 30, false, Map.of(PARTITION, batch("a"))))
                .get(10, TimeUnit.SECONDS)
                .get(PARTITION);
        assertThat(response.error).isEqualTo(Errors.REQUEST_TIMED_OUT);
    }

    @Test
    void aProduceThatWaitsHearsOfTheChangeOfLeader() {
        broker.lead(1, 1, 2);
        var produced = produce(broker, -1, "a");
        broker.leaderAndIsr(state(2, 2, 20, List.of(2)));
        assertThat(produced.join().error).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void appendsToOtherPartitionsAreRefusedByWhatIsKnownOfThem() {
        broker.lead(1, 1);
        TopicPartition unknown = new TopicPartition("bills", 0);
        TopicPartition internal = new TopicPartition("__consumer_offsets", 0);
        broker.topicIds.put(internal.topic(), Uuid.randomUuid());
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)).setTopicName(internal.topic()));
        var responses = broker.replicas
                .append(AppendRequest.ofClient(
                        (short) 1, 1000, false, Map.of(unknown, batch("a"), internal, batch("b"))))
                .join();
        assertThat(responses.get(unknown).error).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(responses.get(internal).error).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void aCaughtUpFollowerIsProposedAndCountsAtOnce() {
        Partition partition = broker.lead(1, 1, 2);
        append(broker, "a");
        follow(broker, 2, 1);
        assertThat(log().highWatermark()).isEqualTo(1);

        follow(broker, 3, 1);
        assertThat(broker.controller.proposedIsr()).containsExactly(1, 2, 3);
        assertThat(partition.isr()).containsExactlyInAnyOrder(1, 2);

        append(broker, "b");
        follow(broker, 2, 2);
        assertThat(log().highWatermark()).isEqualTo(1);

        broker.controller.agree();
        assertThat(partition.isr()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(partition.partitionEpoch()).isEqualTo(11);
        follow(broker, 3, 2);
        assertThat(log().highWatermark()).isEqualTo(2);
    }

    @Test
    void theProposalNamesTheLifeOfEachBroker() {
        broker.lead(1, 1);
        follow(broker, 2, 0);
        assertThat(broker.controller.proposal().isr())
                .containsExactly(
                        new AlterPartitionChannel.Member(1, 100),
                        new AlterPartitionChannel.Member(2, TestRecords.REPLICA_EPOCH));
    }

    @Test
    void aDeadBrokerIsNotProposedHoweverItFetches() {
        broker.lead(1, 1);
        broker.aliveBrokers(1, 3);
        follow(broker, 2, 0);
        assertThat(broker.controller.waiting()).isZero();
    }

    @Test
    void aFollowerThatLagsIsProposedToLeaveButCountsUntilTheControllerAgrees() {
        Partition partition = broker.lead(1, 1, 2);
        var produced = produce(broker, -1, "a");
        lag();
        assertThat(broker.controller.proposedIsr()).containsExactly(1);
        assertThat(produced).isNotDone();

        broker.controller.agree();

        assertThat(partition.isr()).containsExactly(1);
        assertThat(produced.join().error).isEqualTo(Errors.NONE);
    }

    @Test
    void onlyOneChangeIsUnderWay() {
        broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        lag();
        lag();
        assertThat(broker.controller.waiting()).isEqualTo(1);
    }

    @Test
    void anAnswerThatChangesNothingEndsTheChange() {
        // KAFKA-12751
        Partition partition = broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        broker.controller.answer(1, 10, 1, 2);
        assertThat(partition.isr()).containsExactlyInAnyOrder(1, 2);
        follow(broker, 3, 0);
        assertThat(broker.controller.waiting()).isEqualTo(1);
    }

    @Test
    void aRefusedFollowerMayBeProposedAgain() {
        // KAFKA-14140: the controller knows that it shuts down.
        broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        broker.controller.refuse(Errors.INELIGIBLE_REPLICA);
        follow(broker, 3, 0);
        assertThat(broker.controller.proposedIsr()).containsExactly(1, 2, 3);
    }

    @Test
    void aStaleEpochWaitsForNewerStateAndIsHealedByIt() {
        // KAFKA-2729
        Partition partition = broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        broker.controller.refuse(Errors.INVALID_UPDATE_VERSION);
        follow(broker, 3, 0);
        assertThat(broker.controller.waiting()).isZero();

        broker.announce(
                List.of(new Node(1, "h", 1), new Node(3, "h", 1)),
                new UpdateMetadataPartitionState()
                        .setTopicName("orders")
                        .setPartitionIndex(0)
                        .setLeader(1)
                        .setLeaderEpoch(1)
                        .setZkVersion(12)
                        .setIsr(List.of(1))
                        .setReplicas(List.of(1, 2, 3)));

        assertThat(partition.isr()).containsExactly(1);
        assertThat(partition.partitionEpoch()).isEqualTo(12);
        follow(broker, 3, 0);
        assertThat(broker.controller.proposal().partitionEpoch()).isEqualTo(12);
    }

    @Test
    void anUnknownFailureIsTriedAgainWithTheSameProposal() {
        broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        AlterPartitionChannel.Proposal first = broker.controller.proposal();
        broker.controller.refuse(Errors.UNKNOWN_SERVER_ERROR);
        await().atMost(PATIENCE).until(() -> broker.controller.waiting() == 1);
        assertThat(broker.controller.proposal()).isEqualTo(first);
    }

    @Test
    void anAnswerOfAnEarlierEpochIsDropped() {
        broker.lead(1, 1, 2);
        follow(broker, 3, 0);
        Partition partition = broker.lead(2, 1, 3);
        broker.controller.agree();
        assertThat(partition.isr()).containsExactlyInAnyOrder(1, 3);
        assertThat(partition.partitionEpoch()).isEqualTo(20);
    }

    @Test
    void aNewEpochStartsAtTheLogEndAndKeepsTheWatermark() {
        broker.lead(1, 1);
        append(broker, "a", "b");
        broker.lead(4, 1, 2);
        append(broker, "c");
        assertThat(log().highWatermark()).isEqualTo(2);
        var end = broker.replicas.lastOffsetForLeaderEpoch(PARTITION, Optional.of(4), 3);
        assertThat(end.leaderEpoch()).isEqualTo(1);
        assertThat(end.endOffset()).isEqualTo(2);
    }

    @Test
    void aConsumerWaitsForTheWatermark() {
        broker.lead(1, 1, 2);
        var fetched = fetch(broker, CONSUMER, 60_000, Wanted.at(0));
        append(broker, "a");
        assertThat(fetched).isNotDone();
        follow(broker, 2, 1);
        assertThat(fetched.join().records.sizeInBytes()).isPositive();
        assertThat(fetched.join().highWatermark).isEqualTo(1);
    }

    @Test
    void aFollowerIsWokenByTheAppend() {
        broker.lead(1, 1, 2);
        var fetched = fetch(broker, 2, 60_000, Wanted.at(0));
        assertThat(fetched).isNotDone();
        append(broker, "a");
        assertThat(fetched.join().records.sizeInBytes()).isPositive();
    }

    @Test
    void aFetchThatFindsNothingEndsAtItsTimeout() throws Exception {
        broker.lead(1, 1);
        var data = fetch(broker, CONSUMER, 20, Wanted.at(0)).get(10, TimeUnit.SECONDS);
        assertThat(data.error).isEqualTo(Errors.NONE);
        assertThat(data.records.sizeInBytes()).isZero();
    }

    @Test
    void aFetchThatWaitsHearsOfTheChangeOfLeader() {
        broker.lead(1, 1, 2);
        var fetched = fetch(broker, CONSUMER, 60_000, Wanted.at(0));
        broker.leaderAndIsr(state(2, 2, 20, List.of(2)));
        assertThat(fetched.join().error).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void fetchesAreFencedByTheirEpoch() {
        broker.lead(5, 1, 2);
        assertThat(fetch(broker, 2, 0, Wanted.at(0).inEpoch(4)).join().error).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(fetch(broker, 2, 0, Wanted.at(0).inEpoch(6)).join().error).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
        assertThat(fetch(broker, 2, 0, Wanted.at(7).inEpoch(5)).join().error).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
        assertThat(fetch(broker, 9, 0, Wanted.at(0)).join().error).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(fetch(broker, 9, 0, Wanted.at(0).inEpoch(5)).join().error).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void aLogThatPartedIsToldWhere() {
        broker.lead(1, 1);
        append(broker, "a", "b");
        broker.lead(4, 1);
        append(broker, "c");

        var data = fetch(broker, 2, 0, Wanted.at(3).afterEpoch(2)).join();

        assertThat(data.divergingEpoch.orElseThrow().epoch()).isEqualTo(1);
        assertThat(data.divergingEpoch.orElseThrow().endOffset()).isEqualTo(2);
        assertThat(broker.replicas
                        .partition(PARTITION)
                        .orElseThrow()
                        .followers()
                        .get(2)
                        .endOffsetValue())
                .isEqualTo(-1);
    }

    @Test
    void listenersHearOfTheWatermarkAndOfTheEnd() {
        List<String> heard = new ArrayList<>();
        broker.lead(1, 1);
        broker.replicas.addPartitionListener(PARTITION, new PartitionListener() {
            @Override
            public void onHighWatermarkUpdated(TopicPartition partition, long offset) {
                heard.add("high watermark " + offset);
            }

            @Override
            public void onDeleted(TopicPartition partition) {
                heard.add("deleted");
            }
        });
        append(broker, "a");
        broker.stopReplica(-2, true);
        assertThat(heard).containsExactly("high watermark 1", "deleted");
    }

    @Test
    void deletedRecordsAreGoneOnceTheFollowersDroppedThem() {
        broker.lead(1, 1, 2);
        append(broker, "a", "b", "c");
        follow(broker, 2, 3);
        follow(broker, 3, 3);
        var deleted = broker.replicas.deleteRecords(Map.of(PARTITION, 2L), 60_000);
        assertThat(log().logStartOffset()).isEqualTo(2);
        assertThat(deleted).isNotDone();

        broker.aliveBrokers(1, 2);
        fetch(broker, 2, 0, Wanted.at(3).startingAt(2)).join();

        assertThat(deleted.join().get(PARTITION).lowWatermark()).isEqualTo(2);
    }
}
