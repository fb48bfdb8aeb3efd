package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.EPOCH;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.batch;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log holds after its broker died at a bad moment. A kill is a log whose files are let go without a flush. */
class LogRecoveryTest {
    private static final LogLoader.Origin KILLED = new LogLoader.Origin(false, 0, 0);

    @TempDir
    Path logDir;

    private final LogConfig config = config();
    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void openLog() {
        fixture = new LogFixture(logDir);
        log = fixture.open(config);
    }

    private void kill() {
        log.closeHandlers();
    }

    private PartitionLog reopen(LogLoader.Origin origin) {
        log = fixture.open(config, origin);
        return log;
    }

    private void appendBytes(File file, byte[] bytes) throws IOException {
        Files.write(file.toPath(), bytes, StandardOpenOption.APPEND);
    }

    private File logFile(long baseOffset) {
        return LogFileUtils.logFile(fixture.dir, baseOffset);
    }

    @Test
    void everythingIsThereAfterAKill() {
        append(log, "1", "2");
        log.roll();
        append(log, "3");
        kill();

        assertThat(values(reopen(KILLED), 0)).containsExactly("1", "2", "3");
        assertThat(append(log, "4").firstOffset()).isEqualTo(3);
    }

    @Test
    void aTornLastBatchIsCutOff() throws IOException {
        append(log, "1", "2");
        kill();
        byte[] torn = new byte[40];
        batch("torn").buffer().get(torn);
        appendBytes(logFile(0), torn);

        assertThat(values(reopen(KILLED), 0)).containsExactly("1", "2");
        assertThat(log.logEndOffset()).isEqualTo(2);
        append(log, "3");
        assertThat(values(log, 0)).containsExactly("1", "2", "3");
    }

    @Test
    void aDamagedBatchEndsTheLogAndDropsTheSegmentsBehind() throws IOException {
        append(log, "1", "2");
        int intact = log.store().active().size();
        append(log, "damaged");
        log.roll();
        append(log, "beyond");
        kill();
        try (FileChannel channel = FileChannel.open(logFile(0).toPath(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), intact + 65L);
        }

        assertThat(values(reopen(KILLED), 0)).containsExactly("1", "2");
        assertThat(log.numberOfSegments()).isEqualTo(1);
        assertThat(logFile(3)).doesNotExist();
    }

    @Test
    void whatWasFlushedBeforeTheRecoveryPointIsNotScannedAgain() throws IOException {
        append(log, "1", "2");
        log.roll();
        append(log, "3");
        kill();
        try (FileChannel channel = FileChannel.open(logFile(0).toPath(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 65L);
        }

        reopen(new LogLoader.Origin(false, 0, 2));

        assertThat(log.logEndOffset()).isEqualTo(3);
        assertThat(log.numberOfSegments()).isEqualTo(2);
    }

    @Test
    void aMissingIndexIsRebuilt() throws IOException {
        append(log, "1", "2", "3");
        log.close();
        Files.delete(LogFileUtils.offsetIndexFile(fixture.dir, 0).toPath());
        Files.delete(LogFileUtils.timeIndexFile(fixture.dir, 0).toPath());

        reopen(new LogLoader.Origin(true, 0, 3));

        assertThat(LogFileUtils.offsetIndexFile(fixture.dir, 0)).exists();
        assertThat(values(log, 1)).containsExactly("2", "3");
        assertThat(log.fetchOffsetByTimestamp(LogFixture.START_MS).orElseThrow().offset)
                .isZero();
    }

    @Test
    void aCorruptIndexIsRebuilt() throws IOException {
        LogConfig dense = config("index.interval.bytes", "1");
        log.updateConfig(dense);
        append(log, "1", "2", "3");
        log.close();
        appendBytes(LogFileUtils.offsetIndexFile(fixture.dir, 0), new byte[] {1, 2, 3});

        reopen(new LogLoader.Origin(true, 0, 3));

        assertThat(values(log, 2)).containsExactly("3");
    }

    @Test
    void anIndexWithoutItsLogIsRemoved() throws IOException {
        append(log, "1");
        log.close();
        File orphan = LogFileUtils.offsetIndexFile(fixture.dir, 77);
        Files.write(orphan.toPath(), new byte[8]);

        reopen(new LogLoader.Origin(true, 0, 1));

        assertThat(orphan).doesNotExist();
    }

    @Test
    void leaderEpochsBeyondTheEndAreForgotten() throws IOException {
        append(log, "1", "2");
        log.appendAsLeader(batch("torn"), EPOCH + 1, AppendOrigin.CLIENT);
        int size = log.store().active().size();
        kill();
        try (FileChannel channel = FileChannel.open(logFile(0).toPath(), StandardOpenOption.WRITE)) {
            channel.truncate(size - 3L);
        }

        reopen(KILLED);

        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(log.latestEpoch()).hasValue(EPOCH);
        fixture.scheduler.advance(EpochCheckpoint.DELAY_MS);
        assertThat(new LeaderEpochCheckpointFile(LeaderEpochCheckpointFile.newFile(fixture.dir), fixture.failures)
                        .read())
                .containsExactly(new EpochEntry(EPOCH, 0));
    }

    @Test
    void aLeaderEpochThatNeverReachedItsCheckpointIsLearnedFromTheRecords() throws IOException {
        append(log, "1");
        log.appendAsLeader(batch("2"), EPOCH + 1, AppendOrigin.CLIENT);
        kill();
        Files.delete(LeaderEpochCheckpointFile.newFile(fixture.dir).toPath());

        assertThat(reopen(KILLED).latestEpoch()).hasValue(EPOCH + 1);
        assertThat(log.endOffsetForEpoch(EPOCH).orElseThrow().offset()).isEqualTo(1);
    }

    @Test
    void aProducersSequenceSurvivesAKill() {
        append(log, idempotent(7, 0, 0, record("a", "1")));
        append(log, idempotent(7, 0, 1, record("a", "2")));
        kill();

        reopen(KILLED);

        assertThat(append(log, idempotent(7, 0, 1, record("a", "2"))).firstOffset())
                .isEqualTo(1);
        assertThat(append(log, idempotent(7, 0, 2, record("a", "3"))).firstOffset())
                .isEqualTo(2);
    }

    @Test
    void unfinishedDeletionsAndCompactionsAreCleared() throws IOException {
        append(log, "1");
        log.close();
        Path deleted = fixture.dir.toPath().resolve("00000000000000000000.log.deleted");
        Path cleaned = fixture.dir.toPath().resolve("00000000000000000000.log.cleaned");
        Files.write(deleted, new byte[3]);
        Files.write(cleaned, new byte[3]);

        reopen(new LogLoader.Origin(true, 0, 1));

        assertThat(deleted).doesNotExist();
        assertThat(cleaned).doesNotExist();
        assertThat(values(log, 0)).containsExactly("1");
    }

    @Test
    void anInterruptedSwapIsFinished() throws IOException {
        append(log, "1", "2");
        log.roll();
        append(log, "3", "4");
        log.roll();
        append(log, "5");
        // The state between giving the cleaned segment its .swap suffix and removing the two it replaces.
        LogSegment cleaned = SegmentFiles.createCleaned(fixture.dir, config, 0);
        cleaned.append(1, MemoryRecords.withRecords(1L, Compression.NONE, EPOCH, record("k", "2")));
        cleaned.append(3, MemoryRecords.withRecords(3L, Compression.NONE, EPOCH, record("k", "4")));
        cleaned.onBecomeInactiveSegment();
        cleaned.flush();
        cleaned.changeFileSuffixes(SegmentFiles.CLEANED_SUFFIX, SegmentFiles.SWAP_SUFFIX);
        cleaned.close();
        kill();

        reopen(KILLED);

        assertThat(values(log, 0)).containsExactly("2", "4", "5");
        assertThat(log.numberOfSegments()).isEqualTo(2);
    }

    @Test
    void aDirectoryWrittenByKafkasOwnClassesOpens() throws IOException {
        kill();
        File dir = logDir.resolve("other-3").toFile();
        Files.createDirectories(dir.toPath());
        try (LogSegment first = LogSegment.open(dir, 5, config, fixture.time, config.initFileSize(), false)) {
            first.append(5, MemoryRecords.withRecords(5L, Compression.gzip().build(), 2, record("a", "five")));
            first.append(6, MemoryRecords.withRecords(6L, Compression.NONE, 3, record("b", "six")));
            first.flush();
        }
        new LeaderEpochCheckpointFile(LeaderEpochCheckpointFile.newFile(dir), fixture.failures)
                .write(List.of(new EpochEntry(2, 5), new EpochEntry(3, 6)));

        PartitionLog opened =
                LogLoader.open(dir, config, new LogLoader.Origin(true, 0, 7), fixture.environment, Optional.empty());

        assertThat(opened.topicPartition()).isEqualTo(new TopicPartition("other", 3));
        assertThat(opened.logStartOffset()).isEqualTo(5);
        assertThat(opened.endOffsetForEpoch(2).orElseThrow().offset()).isEqualTo(6);
        assertThat(values(opened, 5)).containsExactly("five", "six");
    }

    @Test
    void aLogThatEndsBelowItsStartIsEmptied() {
        append(log, "1", "2");
        kill();

        reopen(new LogLoader.Origin(false, 50, 0));

        assertThat(log.logStartOffset()).isEqualTo(50);
        assertThat(log.logEndOffset()).isEqualTo(50);
        assertThat(append(log, "3").firstOffset()).isEqualTo(50);
    }
}
