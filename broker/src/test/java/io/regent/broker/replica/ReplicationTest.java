package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestBroker.state;
import static io.regent.broker.replica.TestRecords.append;
import static io.regent.broker.replica.TestRecords.produce;
import static io.regent.broker.replica.TestRecords.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.broker.log.PartitionLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers over sockets, with logs on disk; the test plays the controller. */
class ReplicationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private TestBroker one;
    private TestBroker two;
    private PeerServer serverOne;
    private PeerServer serverTwo;

    @BeforeEach
    void start() {
        start(500);
    }

    private void start(int fetchWaitMs) {
        one = new TestBroker(1, dir.resolve("one"), Optional.of(Time.SYSTEM), fetchWaitMs);
        two = new TestBroker(2, dir.resolve("two"), Optional.of(Time.SYSTEM), fetchWaitMs);
        two.topicIds.putAll(one.topicIds);
        serverOne = new PeerServer(one);
        serverTwo = new PeerServer(two);
        List<Node> nodes = List.of(serverOne.node(), serverTwo.node());
        for (TestBroker broker : List.of(one, two)) {
            broker.announce(nodes, announced(1, 1, List.of(1, 2)));
        }
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
        serverOne.close();
        serverTwo.close();
    }

    private static UpdateMetadataPartitionState announced(int leader, int leaderEpoch, List<Integer> isr) {
        return new UpdateMetadataPartitionState()
                .setTopicName("orders")
                .setPartitionIndex(0)
                .setLeader(leader)
                .setLeaderEpoch(leaderEpoch)
                .setIsr(isr)
                .setReplicas(List.of(1, 2));
    }

    private void elect(int leader, int leaderEpoch, Integer... isr) {
        TestBroker leading = leader == 1 ? one : two;
        TestBroker following = leader == 1 ? two : one;
        // The follower hears first, so that it meets a leader that does not know yet.
        following.leaderAndIsr(
                state(leader, leaderEpoch, leaderEpoch * 10, List.of(isr)).setReplicas(List.of(1, 2)));
        leading.leaderAndIsr(
                state(leader, leaderEpoch, leaderEpoch * 10, List.of(isr)).setReplicas(List.of(1, 2)));
    }

    private static PartitionLog log(TestBroker broker) {
        return broker.replicas.log(PARTITION).orElseThrow();
    }

    private void awaitSame(TestBroker leader, TestBroker follower) {
        // Reading the file while the fetcher truncates it may find less than there was a moment ago.
        await().atMost(PATIENCE)
                .ignoreException(CorruptRecordException.class)
                .untilAsserted(() -> assertThat(values(log(follower))).isEqualTo(values(log(leader))));
    }

    @Test
    void aFollowerThatLagsFetchesNoFasterThanItsLimit() {
        two.topicConfig.put("follower.replication.throttled.replicas", "0:2");
        two.replicas.throttle(Long.MAX_VALUE, 1_000);
        var leadership = state(1, 1, 10, List.of(1)).setReplicas(List.of(1, 2));
        one.leaderAndIsr(leadership);
        String big = "x".repeat(900_000);
        append(one, big, big, big);

        two.leaderAndIsr(leadership);
        await().atMost(PATIENCE).until(() -> log(two).logEndOffset() > 0);
        await().during(Duration.ofMillis(300)).until(() -> log(two).logEndOffset() < 3);

        two.replicas.throttle(Long.MAX_VALUE, Long.MAX_VALUE);
        await().atMost(PATIENCE).until(() -> log(two).logEndOffset() == 3);
    }

    @Test
    void recordsAndTheWatermarkReachTheFollower() {
        elect(1, 1, 1, 2);
        var produced = produce(one, -1, "a", "b", "c");

        assertThat(produced.orTimeout(20, TimeUnit.SECONDS).join().error).isEqualTo(Errors.NONE);
        assertThat(values(log(two))).containsExactly("a", "b", "c");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log(two).highWatermark()).isEqualTo(3));
        assertThat(log(two).latestEpoch()).hasValue(1);
    }

    @Test
    void aLeaderOfKafka30IsFollowedInTheVersionThatItSpeaks() {
        serverOne.newestFetchVersion = 12;
        elect(1, 1, 1, 2);
        var produced = produce(one, -1, "a", "b", "c");

        assertThat(produced.orTimeout(20, TimeUnit.SECONDS).join().error).isEqualTo(Errors.NONE);
        assertThat(values(log(two))).containsExactly("a", "b", "c");
    }

    @Test
    void aFollowerThatCatchesUpIsProposed() {
        elect(1, 1, 1);
        append(one, "a");
        await().atMost(PATIENCE).until(() -> one.controller.waiting() == 1);
        assertThat(one.controller.proposedIsr()).containsExactly(1, 2);
    }

    @Test
    void aDeposedLeaderDropsWhatNobodyElseHas() {
        elect(1, 1, 1, 2);
        append(one, "a", "b");
        awaitSame(one, two);
        // Broker 2 leads before broker 1 has heard of it, so what 1 still takes reaches nobody.
        two.leaderAndIsr(state(2, 2, 20, List.of(2)).setReplicas(List.of(1, 2)));
        append(one, "lost", "too");
        append(two, "c", "d", "e");

        one.leaderAndIsr(state(2, 2, 20, List.of(2)).setReplicas(List.of(1, 2)));

        awaitSame(two, one);
        assertThat(values(log(one))).containsExactly("a", "b", "c", "d", "e");
        assertThat(log(one).latestEpoch()).hasValue(2);
    }

    @Test
    void epochsThatOnlyOneSideWroteAreReconciled() {
        // KIP-279: fast elections leave each side with an epoch that the other never saw.
        elect(1, 1, 1, 2);
        append(one, "a");
        awaitSame(one, two);
        two.leaderAndIsr(state(2, 2, 20, List.of(2)).setReplicas(List.of(1, 2)));
        append(two, "only two");
        one.leaderAndIsr(state(1, 3, 30, List.of(1)).setReplicas(List.of(1, 2)));
        append(one, "b", "c");

        two.leaderAndIsr(state(1, 3, 30, List.of(1)).setReplicas(List.of(1, 2)));

        awaitSame(one, two);
        assertThat(values(log(two))).containsExactly("a", "b", "c");
    }

    @Test
    void leadershipMovesBackAndForthWithoutALoss() {
        for (int epoch = 1; epoch <= 6; epoch++) {
            int leader = 1 + epoch % 2;
            elect(leader, epoch, 1, 2);
            var produced = produce(leader == 1 ? one : two, -1, "epoch " + epoch);
            assertThat(produced.orTimeout(20, TimeUnit.SECONDS).join().error).isEqualTo(Errors.NONE);
        }
        awaitSame(one, two);
        assertThat(values(log(one))).containsExactly("epoch 1", "epoch 2", "epoch 3", "epoch 4", "epoch 5", "epoch 6");
    }

    @Test
    void aFollowerBelowTheLeadersStartBeginsAnew() {
        elect(1, 1, 1);
        append(one, "a", "b", "c");
        await().atMost(PATIENCE).until(() -> log(one).highWatermark() == 3);
        log(one).roll();
        log(one).maybeIncrementLogStartOffset(2, LogStartOffsetIncrementReason.ClientRecordDeletion);
        two.stopReplica(-2, true);

        two.leaderAndIsr(state(1, 1, 10, List.of(1)).setReplicas(List.of(1, 2)));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(log(two).logEndOffset()).isEqualTo(3));
        assertThat(log(two).logStartOffset()).isEqualTo(2);
    }

    @Test
    void anUncleanLeadersShorterLogWins() {
        elect(1, 1, 1);
        append(one, "a", "b", "c");
        awaitSame(one, two);
        two.logs.truncateFullyAndStartAt(PARTITION, 0, OptionalLong.empty());

        elect(2, 2, 2);
        append(two, "x");

        awaitSame(two, one);
        assertThat(values(log(one))).containsExactly("x");
    }

    @Test
    void aPartitionAssignedWhileAFetchIsParkedIsFetchedAtOnce() throws Exception {
        stop();
        start(60_000);
        var other = new TopicPartition("orders", 1);
        elect(1, 1, 1, 2);
        await().atMost(PATIENCE).until(() -> serverOne.fetches.get() > 0);
        for (TestBroker broker : List.of(one, two)) {
            broker.replicas
                    .leaderAndIsr(broker.request(
                            state(1, 1, 10, List.of(1, 2)).setPartitionIndex(1).setReplicas(List.of(1, 2))))
                    .join();
        }
        var produced = one.replicas.append(
                AppendRequest.ofClient((short) -1, 30_000, false, Map.of(other, TestRecords.batch("a"))));
        assertThat(produced.orTimeout(20, TimeUnit.SECONDS).join().get(other).error)
                .isEqualTo(Errors.NONE);
    }

    @Test
    void aPartitionWhoseLeaderIsStillToLearnOfItDoesNotWaitForAFetchOfOthersThatIsParked() throws Exception {
        stop();
        start(60_000);
        for (TestBroker broker : List.of(one, two)) {
            for (int number = 0; number < 2; number++) {
                broker.replicas
                        .leaderAndIsr(broker.request(state(1, 1, 10, List.of(1, 2))
                                .setPartitionIndex(number)
                                .setReplicas(List.of(1, 2))))
                        .join();
            }
        }
        await().atMost(PATIENCE).until(() -> serverOne.fetches.get() > 0);

        int before = serverOne.fetches.get();
        var next = state(1, 2, 20, List.of(1, 2)).setReplicas(List.of(1, 2));
        two.leaderAndIsr(next);
        // One that is refused, and one of the other partition.
        await().atMost(PATIENCE).until(() -> serverOne.fetches.get() >= before + 2);
        one.leaderAndIsr(next);

        assertThat(produce(one, -1, "a").orTimeout(20, TimeUnit.SECONDS).join().error)
                .isEqualTo(Errors.NONE);
    }

    @Test
    void aLeaderThatComesBackElsewhereIsFollowedThere() {
        elect(1, 1, 1, 2);
        append(one, "a");
        awaitSame(one, two);
        serverOne.close();
        append(one, "b");
        serverOne = new PeerServer(one);
        two.announce(List.of(serverOne.node(), serverTwo.node()));

        two.leaderAndIsr(state(1, 2, 20, List.of(1, 2)).setReplicas(List.of(1, 2)));
        one.leaderAndIsr(state(1, 2, 20, List.of(1, 2)).setReplicas(List.of(1, 2)));

        awaitSame(one, two);
    }
}
