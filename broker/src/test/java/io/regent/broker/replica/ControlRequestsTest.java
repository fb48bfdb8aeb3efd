package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.CONTROLLER_EPOCH;
import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestBroker.state;
import static io.regent.broker.replica.TestRecords.append;
import static io.regent.broker.replica.TestRecords.produce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ControllerMovedException;
import org.apache.kafka.common.errors.OffsetNotAvailableException;
import org.apache.kafka.common.errors.StaleBrokerEpochException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlRequestsTest {
    @TempDir
    Path dir;

    private TestBroker broker;
    private final List<String> leadership = new ArrayList<>();

    @BeforeEach
    void start() {
        broker = new TestBroker(1, dir);
        broker.aliveBrokers(1, 2, 3);
        broker.replicas.addLeadershipListener(new LeadershipListener() {
            @Override
            public void onLeader(TopicPartition partition, int leaderEpoch) {
                leadership.add("leader " + leaderEpoch);
            }

            @Override
            public void onResigned(TopicPartition partition, OptionalInt leaderEpoch) {
                leadership.add("resigned " + (leaderEpoch.isPresent() ? leaderEpoch.getAsInt() : "for good"));
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private Partition partition() {
        return broker.replicas.partition(PARTITION).orElseThrow();
    }

    @Test
    void theSameRequestTwiceChangesNothing() {
        assertThat(broker.leaderAndIsr(state(1, 1, 10, List.of(1, 2)))).isEqualTo(Errors.NONE);
        append(broker, "a");
        assertThat(broker.leaderAndIsr(state(1, 1, 10, List.of(1, 2)))).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
        assertThat(leadership).containsExactly("leader 1");
    }

    @Test
    void anOlderLeaderEpochIsRefused() {
        broker.leaderAndIsr(state(1, 5, 50, List.of(1)));
        assertThat(broker.leaderAndIsr(state(2, 4, 60, List.of(2)))).isEqualTo(Errors.STALE_CONTROLLER_EPOCH);
        assertThat(partition().isLeader()).isTrue();
    }

    @Test
    void aNewerPartitionEpochOfTheSameLeaderEpochBringsItsIsr() {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1, 2, 3)));
        assertThat(broker.leaderAndIsr(state(1, 1, 11, List.of(1, 3)))).isEqualTo(Errors.NONE);
        assertThat(partition().isr()).containsExactlyInAnyOrder(1, 3);
        assertThat(partition().partitionEpoch()).isEqualTo(11);
        assertThat(leadership).containsExactly("leader 1");
    }

    @Test
    void aBrokerThatIsNoReplicaIsNotMadeOne() {
        assertThat(broker.leaderAndIsr(state(2, 1, 10, List.of(2)).setReplicas(List.of(2, 3))))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(broker.replicas.partition(PARTITION)).isEmpty();
    }

    @Test
    void aTopicOfAnotherIdIsRefused() {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        broker.topicIds.put("orders", Uuid.randomUuid());
        assertThat(broker.leaderAndIsr(state(1, 2, 20, List.of(1)))).isEqualTo(Errors.INCONSISTENT_TOPIC_ID);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void aTopicGetsItsIdWithoutANewEpoch() {
        Uuid id = broker.topicIds.put("orders", Uuid.ZERO_UUID);
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        assertThat(partition().topicId()).isEmpty();
        broker.topicIds.put("orders", id);
        assertThat(broker.leaderAndIsr(state(1, 1, 10, List.of(1)))).isEqualTo(Errors.NONE);
        assertThat(partition().topicId()).contains(id);
    }

    @Test
    void requestsForAFormerLifeOfThisBrokerAreRefused() {
        // KAFKA-7235
        broker.brokerEpoch.set(200);
        var refused = broker.replicas.leaderAndIsr(broker.request(CONTROLLER_EPOCH, 199, state(1, 1, 10, List.of(1))));
        assertThatThrownBy(refused::get).hasCauseInstanceOf(StaleBrokerEpochException.class);
        assertThat(broker.replicas.partition(PARTITION)).isEmpty();
    }

    @Test
    void aBrokerEpochNewerThanOneKnowsIsOnesOwn() {
        // KAFKA-9839
        var accepted =
                broker.replicas.leaderAndIsr(broker.request(CONTROLLER_EPOCH, 1_000, state(1, 1, 10, List.of(1))));
        assertThat(accepted).isCompleted();
        assertThat(partition().isLeader()).isTrue();
    }

    @Test
    void requestsOfADeposedControllerAreRefused() {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        var refused =
                broker.replicas.leaderAndIsr(broker.request(CONTROLLER_EPOCH - 1, 100, state(2, 9, 90, List.of(2))));
        assertThatThrownBy(refused::get).hasCauseInstanceOf(ControllerMovedException.class);
        assertThat(partition().isLeader()).isTrue();
    }

    @Test
    void aStoppedReplicaStaysADeletedOneGoes() {
        broker.leaderAndIsr(state(1, 2, 20, List.of(1)));
        assertThat(broker.stopReplica(1, true)).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(broker.stopReplica(2, false)).isEqualTo(Errors.NONE);
        assertThat(broker.logs.getLog(PARTITION)).isPresent();

        assertThat(broker.stopReplica(-2, true)).isEqualTo(Errors.NONE);

        assertThat(broker.logs.getLog(PARTITION)).isEmpty();
        assertThat(broker.replicas.partition(PARTITION)).isEmpty();
        assertThat(leadership).containsExactly("leader 2", "resigned 2", "resigned for good");
        assertThat(broker.stopReplica(-2, true)).isEqualTo(Errors.NONE);
    }

    @Test
    void aTopicDeletedAndCreatedAgainStartsEmpty() {
        broker.leaderAndIsr(state(1, 5, 50, List.of(1)));
        append(broker, "a");
        broker.stopReplica(-2, true);
        broker.topicIds.put("orders", Uuid.randomUuid());

        assertThat(broker.leaderAndIsr(state(1, 0, 0, List.of(1)))).isEqualTo(Errors.NONE);

        assertThat(partition().log().orElseThrow().logEndOffset()).isZero();
        assertThat(partition().topicId()).contains(broker.topicIds.get("orders"));
    }

    @Test
    void listenersHearOfEachEpochOnce() {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        broker.leaderAndIsr(state(1, 2, 20, List.of(1)));
        broker.leaderAndIsr(state(2, 3, 30, List.of(2)));
        assertThat(leadership).containsExactly("leader 1", "leader 2", "resigned 3");
    }

    @Test
    void aFailedDirectoryTakesItsPartitions() {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        broker.replicas.logDirFailureListener().logDirFailed(dir.toString(), Set.of(PARTITION));

        assertThat(broker.leaderAndIsr(state(1, 2, 20, List.of(1)))).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(broker.stopReplica(-1, false)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(produce(broker, 1, "a").join().error).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
        assertThat(leadership).containsExactly("leader 1", "resigned for good");
    }

    @Test
    void highWatermarksOutliveARestartAlsoOfPartitionsNotNamedAgain() throws Exception {
        broker.leaderAndIsr(state(1, 1, 10, List.of(1)));
        append(broker, "a", "b");
        broker.close();

        broker = new TestBroker(1, dir);
        broker.replicas.leaderAndIsr(broker.request()).join();
        broker.close();
        broker = new TestBroker(1, dir);
        broker.topicIds.put("orders", Uuid.ZERO_UUID);
        broker.leaderAndIsr(state(1, 2, 20, List.of(1, 2)));

        assertThat(broker.replicas.log(PARTITION).orElseThrow().highWatermark()).isEqualTo(2);
    }

    @Test
    void aNewLeaderTellsNoEndBeforeItsWatermarkHasPassedItsStart() {
        // KIP-207
        broker.leaderAndIsr(state(1, 1, 10, List.of(1, 2)));
        append(broker, "a");
        broker.leaderAndIsr(state(1, 2, 20, List.of(1, 2)));
        Optional<IsolationLevel> client = Optional.of(IsolationLevel.READ_UNCOMMITTED);

        assertThatThrownBy(() -> broker.replicas.listOffset(
                        PARTITION, ListOffsetsRequest.LATEST_TIMESTAMP, client, Optional.empty(), true))
                .isInstanceOf(OffsetNotAvailableException.class);
        assertThat(broker.replicas
                        .listOffset(PARTITION, ListOffsetsRequest.EARLIEST_TIMESTAMP, client, Optional.empty(), true)
                        .orElseThrow()
                        .offset)
                .isZero();

        TestRecords.follow(broker, 2, 1);
        assertThat(broker.replicas
                        .listOffset(PARTITION, ListOffsetsRequest.LATEST_TIMESTAMP, client, Optional.of(2), true)
                        .orElseThrow()
                        .offset)
                .isEqualTo(1);
    }
}
