package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestBroker.TOPIC;
import static io.regent.broker.replica.TestBroker.state;
import static io.regent.broker.replica.TestRecords.append;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that was moved away, while the StopReplica that should have deleted it was lost. */
class StrayReplicasTest {
    @TempDir
    Path dir;

    private TestBroker broker;
    private final List<OptionalInt> resignations = new ArrayList<>();

    @BeforeEach
    void leadInEpochFive() {
        broker = new TestBroker(1, dir);
        broker.replicas.addLeadershipListener(new LeadershipListener() {
            @Override
            public void onLeader(TopicPartition partition, int leaderEpoch) {}

            @Override
            public void onResigned(TopicPartition partition, OptionalInt leaderEpoch) {
                resignations.add(leaderEpoch);
            }
        });
        broker.lead(5, 1);
        append(broker, "a");
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private void announce(UpdateMetadataPartitionState state) {
        broker.announce(List.of(new Node(1, "127.0.0.1", 1), new Node(2, "127.0.0.1", 1)), state);
    }

    /** The partition as it is once it has moved to brokers 2 and 3. */
    private static UpdateMetadataPartitionState moved(int leaderEpoch) {
        return new UpdateMetadataPartitionState()
                .setTopicName(TOPIC)
                .setPartitionIndex(0)
                .setLeader(2)
                .setLeaderEpoch(leaderEpoch)
                .setIsr(List.of(2))
                .setReplicas(List.of(2, 3));
    }

    private void restart() throws Exception {
        broker.close();
        TestBroker former = broker;
        broker = new TestBroker(1, dir);
        broker.topicIds.putAll(former.topicIds);
    }

    private boolean isHere() {
        return broker.logs.getLog(PARTITION).isPresent();
    }

    @Test
    void aReplicaThatWasMovedAwayIsDeletedThoughNoStopReplicaCame() {
        announce(moved(6));

        assertThat(isHere()).isFalse();
        assertThat(broker.replicas.partition(PARTITION)).isEmpty();
        assertThat(resignations).containsExactly(OptionalInt.of(6));
        assertThat(broker.stopReplica(6, true)).isEqualTo(Errors.NONE);
    }

    @Test
    void aReplicaThatWasMovedAwayWhileItsBrokerWasDownIsDeletedWhenItIsBack() throws Exception {
        restart();
        assertThat(isHere()).isTrue();

        announce(moved(6));

        assertThat(isHere()).isFalse();
    }

    @Test
    void olderMetadataDeletesNothing() throws Exception {
        announce(moved(4));
        assertThat(isHere()).isTrue();

        restart();
        announce(moved(4));
        assertThat(isHere()).isTrue();
    }

    @Test
    void aReplicaOfATopicOfAnotherIdOrOfNoneIsKept() {
        broker.topicIds.put(TOPIC, Uuid.randomUuid());
        announce(moved(6));
        broker.topicIds.put(TOPIC, Uuid.ZERO_UUID);
        announce(moved(6));

        assertThat(isHere()).isTrue();
    }

    @Test
    void aReplicaThatIsStillInTheIsrOrAssignedIsKept() {
        announce(moved(6).setIsr(List.of(2, 1)));
        announce(moved(6).setReplicas(List.of(2, 1)));

        assertThat(isHere()).isTrue();
    }

    @Test
    void aReplicaIsKeptWhileNobodyElseLeads() {
        announce(moved(6).setLeader(-1));

        assertThat(isHere()).isTrue();
    }

    @Test
    void aPartitionThatIsNotNamedIsKept() {
        broker.aliveBrokers(2, 3);

        assertThat(isHere()).isTrue();
    }

    @Test
    void aReplicaInAFailedDirectoryIsLeftAlone() {
        broker.replicas.logDirFailureListener().logDirFailed(dir.toString(), Set.of(PARTITION));
        resignations.clear();

        announce(moved(6));

        assertThat(resignations).isEmpty();
    }

    @Test
    void aReplicaThatComesBackLaterStartsEmpty() {
        announce(moved(6));

        assertThat(broker.leaderAndIsr(state(2, 7, 70, List.of(2)))).isEqualTo(Errors.NONE);

        assertThat(broker.replicas.log(PARTITION).orElseThrow().logEndOffset()).isZero();
    }
}
