package io.regent.broker.replica;

import static io.regent.broker.replica.TestBroker.PARTITION;
import static io.regent.broker.replica.TestBroker.state;
import static io.regent.broker.replica.TestRecords.append;
import static io.regent.broker.replica.TestRecords.fetch;
import static io.regent.broker.replica.TestRecords.follow;
import static io.regent.broker.replica.TestRecords.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.regent.broker.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas move between the log directories of one broker (KIP-113). */
class LogDirMoveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long DELETE_DELAY_MS = 60_000;

    /** Two of them do not fit into one step of a copy. */
    private static final String LONG_VALUE = "x".repeat(600_000);

    @TempDir
    Path temp;

    private TestBroker broker;

    @BeforeEach
    void start() {
        // log.dirs is a list, of which the broker of the tests makes no more than its text.
        broker = new TestBroker(1, Path.of(temp.resolve("a") + "," + temp.resolve("b")));
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private void restart() throws Exception {
        var topicId = broker.topicIds.get(TestBroker.TOPIC);
        stop();
        start();
        broker.topicIds.put(TestBroker.TOPIC, topicId);
    }

    private PartitionLog log() {
        return broker.replicas.log(PARTITION).orElseThrow();
    }

    private PartitionLog copy() {
        return broker.logs.moves().find(PARTITION).orElseThrow().log();
    }

    private Path home() {
        return Path.of(log().logDir());
    }

    private Path elsewhere() {
        return home().equals(temp.resolve("a")) ? temp.resolve("b") : temp.resolve("a");
    }

    private Errors moveTo(Path dir) {
        return broker.replicas.alterLogDir(PARTITION, dir.toString());
    }

    private void awaitHome(Path dir) {
        await().atMost(PATIENCE).until(() -> home().equals(dir));
    }

    private static List<String> logsIn(Path dir) throws IOException {
        try (var entries = Files.list(dir)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString().replaceAll("\\.[0-9a-f]{32}-", ".ID-"))
                    .sorted()
                    .toList();
        }
    }

    /** Leads, with a copy that holds the first of two records, and goes no further until {@link #lift}. */
    private Path stopMidway() {
        broker.lead(1, 1);
        append(broker, LONG_VALUE, LONG_VALUE);
        return beginSlowly();
    }

    private Path beginSlowly() {
        Path target = elsewhere();
        broker.replicas.throttleMoves(1);
        assertThat(moveTo(target)).isEqualTo(Errors.NONE);
        await().atMost(PATIENCE).until(() -> copy().logEndOffset() == 1);
        return target;
    }

    private void lift() {
        broker.replicas.throttleMoves(Long.MAX_VALUE);
    }

    @Test
    void aLogThatMovedHoldsAllThatItHeldAndGoesOn() throws IOException {
        broker.lead(0, 1);
        append(broker, "a", "b");
        broker.lead(3, 1);
        append(broker, "c");
        broker.lead(4, 1);
        PartitionLog former = log();
        Path target = elsewhere();

        assertThat(moveTo(target)).isEqualTo(Errors.NONE);
        awaitHome(target);

        assertThat(values(log())).containsExactly("a", "b", "c");
        assertThat(log().highWatermark()).isEqualTo(3);
        assertThat(log().topicId()).isEqualTo(former.topicId()).isPresent();
        assertThat(log().endOffsetForEpoch(0)).contains(new OffsetAndEpoch(2, 0));
        assertThat(log().endOffsetForEpoch(3)).contains(new OffsetAndEpoch(3, 3));
        assertThat(log().latestEpoch()).hasValue(4);
        assertThat(broker.logs.moves().copies()).isEmpty();
        append(broker, "d");
        assertThat(fetch(broker, TestRecords.CONSUMER, 0, TestRecords.Wanted.at(3))
                        .join()
                        .records
                        .sizeInBytes())
                .isPositive();
    }

    @Test
    void theFormerLogWaitsForItsDeletion() throws IOException {
        broker.lead(1, 1);
        append(broker, "a");
        Path source = home();
        Path target = elsewhere();
        moveTo(target);
        awaitHome(target);

        assertThat(logsIn(source)).containsExactly("orders-0.ID-delete");
        assertThat(logsIn(target)).containsExactly("orders-0");
        broker.scheduler.advance(DELETE_DELAY_MS);
        assertThat(logsIn(source)).isEmpty();
    }

    @Test
    void aMovedLogIsFoundAgainWithItsHighWatermarkAfterARestart() throws Exception {
        broker.lead(1, 1, 2);
        append(broker, "a", "b", "c");
        follow(broker, 2, 2);
        Path target = elsewhere();
        moveTo(target);
        awaitHome(target);
        assertThat(log().highWatermark()).isEqualTo(2);

        restart();
        broker.lead(2, 1, 2);

        assertThat(home()).isEqualTo(target);
        assertThat(values(log())).containsExactly("a", "b", "c");
        assertThat(log().highWatermark()).isEqualTo(2);
    }

    @Test
    void followersGoOnAcrossAMove() {
        broker.lead(1, 1, 2);
        append(broker, "a", "b");
        follow(broker, 2, 1);
        Path target = elsewhere();
        moveTo(target);
        awaitHome(target);

        append(broker, "c");
        follow(broker, 2, 3);

        assertThat(log().highWatermark()).isEqualTo(3);
    }

    @Test
    void whatIsAppendedMeanwhileMovesToo() {
        broker.lead(1, 1);
        append(broker, "0");
        Path target = elsewhere();
        moveTo(target);
        List<String> more = IntStream.range(1, 300).mapToObj(Integer::toString).toList();
        more.forEach(value -> append(broker, value));
        awaitHome(target);

        assertThat(values(log())).hasSize(300).endsWith("299");
    }

    @Test
    void aThrottledMoveWaitsAndIsCalledOffByOrderingTheLogBack() throws IOException {
        Path target = stopMidway();
        assertThat(logsIn(target)).containsExactly("orders-0.ID-future");

        assertThat(moveTo(home())).isEqualTo(Errors.NONE);

        assertThat(broker.logs.moves().copies()).isEmpty();
        assertThat(home()).isNotEqualTo(target);
        assertThat(logsIn(target)).containsExactly("orders-0.ID-delete");
    }

    @Test
    void aMoveGoesOnAfterARestart() throws Exception {
        Path target = stopMidway();

        restart();
        assertThat(copy().logEndOffset()).isEqualTo(1);
        broker.lead(2, 1);

        awaitHome(target);
        assertThat(log().logEndOffset()).isEqualTo(2);
    }

    @Test
    void aTruncationCutsTheCopyToo() {
        Path target = stopMidway();
        broker.leaderAndIsr(state(2, 2, 20, List.of(1, 2)));
        Partition partition = broker.replicas.partition(PARTITION).orElseThrow();

        new FollowerLog(partition, broker.logs, 2).truncateTo(0);
        assertThat(copy().logEndOffset()).isZero();
        lift();

        awaitHome(target);
        assertThat(log().logEndOffset()).isZero();
    }

    @Test
    void theLogStartMovesAlong() {
        broker.lead(1, 1);
        append(broker, "a", "b", "c");
        broker.replicas.deleteRecords(Map.of(PARTITION, 2L), 1_000).join();
        Path target = elsewhere();
        moveTo(target);
        awaitHome(target);

        assertThat(log().logStartOffset()).isEqualTo(2);
        assertThat(values(log())).containsExactly("c");
    }

    @Test
    void aDeletionTakesLogAndCopy() throws IOException {
        Path target = stopMidway();
        Path source = home();

        assertThat(broker.stopReplica(2, true)).isEqualTo(Errors.NONE);

        assertThat(broker.logs.moves().copies()).isEmpty();
        assertThat(logsIn(source)).containsExactly("orders-0.ID-delete");
        assertThat(logsIn(target)).containsExactly("orders-0.ID-delete");
    }

    @Test
    void aDirectoryThatFailsTakesTheCopyAndLeavesTheLog() throws IOException {
        Path target = stopMidway();
        Path source = home();
        failDisk(target);
        lift();

        await().atMost(PATIENCE).until(() -> broker.logs.moves().copies().isEmpty());

        assertThat(home()).isEqualTo(source);
        append(broker, "still writable");
        assertThat(moveTo(target)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    /** The directory is gone while it is in use, so that its checkpoint cannot be written. */
    private void failDisk(Path dir) throws IOException {
        Files.move(dir, temp.resolve("lost"));
        broker.scheduler.advance(DELETE_DELAY_MS);
    }

    @Test
    void aReplicaThatIsNotHereYetIsCreatedWhereItWasOrdered() {
        broker.announce(
                List.of(new Node(2, "127.0.0.1", 1)),
                new UpdateMetadataPartitionState()
                        .setTopicName(TestBroker.TOPIC)
                        .setPartitionIndex(0)
                        .setLeader(2)
                        .setIsr(List.of(2))
                        .setReplicas(List.of(2)));

        assertThat(moveTo(temp.resolve("b"))).isEqualTo(Errors.REPLICA_NOT_AVAILABLE);
        broker.lead(0, 1);

        assertThat(home()).isEqualTo(temp.resolve("b"));
    }

    @Test
    void whatCannotBeMovedIsSaid() {
        assertThat(moveTo(temp.resolve("a"))).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        broker.lead(0, 1);

        assertThat(moveTo(temp.resolve("c"))).isEqualTo(Errors.LOG_DIR_NOT_FOUND);
        assertThat(moveTo(Path.of("a"))).isEqualTo(Errors.LOG_DIR_NOT_FOUND);
        assertThat(moveTo(home())).isEqualTo(Errors.NONE);
        assertThat(broker.logs.moves().copies()).isEmpty();
    }
}
