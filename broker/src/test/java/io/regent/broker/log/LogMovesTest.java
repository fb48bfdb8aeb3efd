package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a move between log directories when the broker, or the log, goes another way meanwhile. */
class LogMovesTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final int CHUNK_BYTES = 1 << 20;

    @TempDir
    Path temp;

    private final FakeTime time = new FakeTime(LogFixture.START_MS);
    private final FakeScheduler scheduler = new FakeScheduler(time);
    private LogManager manager;

    @BeforeEach
    void start() {
        Map<String, String> properties =
                Map.of("log.dirs", temp.resolve("a") + "," + temp.resolve("b"), "log.cleaner.enable", "false");
        manager = new LogManager(
                LogManagerSettings.from(new AbstractConfig(AbstractKafkaConfig.CONFIG_DEF, properties, false)),
                time,
                scheduler,
                LogFixture.silent());
        manager.claim(1, "cluster-a");
        manager.startup(topic -> new Properties(), (dir, lost) -> {});
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    private PartitionLog log() {
        return manager.getLog(ORDERS).orElseThrow();
    }

    private FutureLog copy() {
        return manager.moves().find(ORDERS).orElseThrow();
    }

    /** A log of three records in a, and a complete copy of it in b. */
    private void copied() {
        manager.moves().prefer(ORDERS, temp.resolve("a").toString());
        append(manager.getOrCreate(ORDERS, Optional.of(Uuid.randomUuid()), true), "1", "2", "3");
        log().updateHighWatermark(3);
        manager.moves().begin(ORDERS, temp.resolve("b").toString());
        copyAll();
    }

    private void copyAll() {
        FutureLog.Step step;
        do {
            step = copy().copy(log(), CHUNK_BYTES).step();
        } while (step == FutureLog.Step.ADVANCED);
        assertThat(step).isEqualTo(FutureLog.Step.CAUGHT_UP);
    }

    private static void rename(File dir, String name) throws IOException {
        Files.move(dir.toPath(), dir.toPath().resolveSibling(name));
    }

    @Test
    void aMoveThatACrashCutInTwoIsFinishedAtTheNextStart() throws IOException {
        copied();
        File source = log().dir();
        stop();
        rename(source, "orders-0." + ID + "-delete");

        start();

        assertThat(log().logDir()).isEqualTo(temp.resolve("b").toString());
        assertThat(values(log(), 0)).containsExactly("1", "2", "3");
        assertThat(log().latestEpoch()).hasValue(LogFixture.EPOCH);
        assertThat(manager.moves().copies()).isEmpty();
        assertThat(temp.resolve("a").toFile().list()).noneMatch(name -> name.startsWith("orders"));
    }

    @Test
    void aCopyWhoseLogIsNotThereStaysACopy() throws IOException {
        copied();
        File source = log().dir();
        stop();
        Files.move(source.toPath(), temp.resolve("kept"));

        start();

        assertThat(manager.getLog(ORDERS)).isEmpty();
        assertThat(copy().log().logEndOffset()).isEqualTo(3);
    }

    @Test
    void aLogThatWasMovedIsOneDirectoryAfterTheNextStart() {
        copied();
        assertThat(manager.moves().finish(copy(), CHUNK_BYTES)).isPresent();
        stop();

        start();

        assertThat(log().logDir()).isEqualTo(temp.resolve("b").toString());
        assertThat(values(log(), 0)).containsExactly("1", "2", "3");
    }

    @Test
    void aCopyThatIsNotCompleteDoesNotTakeTheLogsPlace() {
        copied();
        append(log(), LogFixture.batch("x".repeat(600_000)));
        append(log(), LogFixture.batch("y".repeat(600_000)));

        assertThat(manager.moves().finish(copy(), CHUNK_BYTES)).isEmpty();
        assertThat(log().logDir()).isEqualTo(temp.resolve("a").toString());
    }

    @Test
    void aCopyForgetsWhatTheLogLostToAnotherEpochWhileTheBrokerWasNotMoving() {
        copied();
        PartitionLog log = log();
        // As a fetcher of a broker would that does not know of the copy.
        log.truncateTo(1);
        log.appendAsLeader(LogFixture.batch("other"), LogFixture.EPOCH + 1, AppendOrigin.CLIENT);
        log.appendAsLeader(LogFixture.batch("records"), LogFixture.EPOCH + 1, AppendOrigin.CLIENT);

        copyAll();

        assertThat(values(copy().log(), 0)).containsExactly("1", "other", "records");
    }

    @Test
    void aCopyBeginsAnewWhenTheLogWasEmptied() {
        copied();
        manager.truncateFullyAndStartAt(ORDERS, 100, OptionalLong.empty());
        append(log(), "100");

        copyAll();

        assertThat(copy().log().logStartOffset()).isEqualTo(100);
        assertThat(values(copy().log(), 100)).containsExactly("100");
    }

    @Test
    void aCopyOfATopicThatHadTheNameBeforeIsGivenUp() throws IOException {
        copied();
        File source = log().dir();
        stop();
        Files.move(source.toPath(), temp.resolve("kept"));
        start();

        manager.getOrCreate(ORDERS, Optional.of(Uuid.randomUuid()), true);

        assertThat(manager.moves().find(ORDERS)).isEmpty();
        assertThat(manager.moves().copies()).isEmpty();
    }

    @Test
    void aTopicWhoseNameIsTooLongForACopyStaysWhereItIs() {
        TopicPartition wordy = new TopicPartition("x".repeat(240), 0);
        manager.moves().prefer(wordy, temp.resolve("a").toString());
        manager.getOrCreate(wordy, Optional.empty(), true);

        assertThatThrownBy(() -> manager.moves().begin(wordy, temp.resolve("b").toString()))
                .isInstanceOf(InvalidTopicException.class)
                .hasMessageContaining("too long");
        assertThat(manager.moves().copies()).isEmpty();
    }

    @Test
    void configurationAndDeletionReachTheCopy() {
        copied();
        Properties small = new Properties();
        small.setProperty("segment.bytes", "5000");
        manager.updateConfig("orders", small);
        assertThat(copy().log().config().segmentSize).isEqualTo(5000);

        manager.deleteAsync(List.of(ORDERS));

        assertThat(manager.moves().find(ORDERS)).isEmpty();
    }
}
