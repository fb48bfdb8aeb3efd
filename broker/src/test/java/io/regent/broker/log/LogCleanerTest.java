package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.EPOCH;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.batch;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCleanerTest {
    private static final TopicPartition OFFSETS = new TopicPartition("__consumer_offsets", 0);
    private static final long DELETE_RETENTION_MS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path temp;

    private final HeldTime time = new HeldTime();
    private final FakeScheduler scheduler = new FakeScheduler(time);
    private final Map<String, String> brokerConfig = new HashMap<>(Map.of("log.cleaner.enable", "false"));
    private final Properties topicConfig = new Properties();
    private LogManager manager;

    private PartitionLog open() {
        brokerConfig.put("log.dirs", temp.toString());
        topicConfig.putIfAbsent("cleanup.policy", "compact");
        topicConfig.putIfAbsent("delete.retention.ms", Long.toString(DELETE_RETENTION_MS));
        topicConfig.putIfAbsent("min.cleanable.dirty.ratio", "0.1");
        manager = new LogManager(settings(), time, scheduler, LogFixture.silent());
        manager.claim(1, "cluster-a");
        manager.startup(topic -> topicConfig, (dir, lost) -> {});
        return manager.getOrCreate(OFFSETS, Optional.empty(), true);
    }

    private LogManagerSettings settings() {
        return LogManagerSettings.from(new AbstractConfig(AbstractKafkaConfig.CONFIG_DEF, brokerConfig, false));
    }

    @AfterEach
    void close() {
        time.release();
        manager.close();
    }

    /** A clock that moves for whoever sleeps, but can keep them from waking up. */
    private static final class HeldTime extends FakeTime {
        private volatile CountDownLatch wakeUp = new CountDownLatch(0);

        HeldTime() {
            super(LogFixture.START_MS);
        }

        void hold() {
            wakeUp = new CountDownLatch(1);
        }

        void release() {
            wakeUp.countDown();
        }

        @Override
        public void sleep(long ms) {
            super.sleep(ms);
            try {
                wakeUp.await();
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    /** Makes everything written so far cleanable, and cleans until nothing is left to do. */
    private void clean(PartitionLog log) {
        rollAndCommit(log);
        while (manager.cleaner().cleanDirtiest()) {
            assertThat(manager.allLogs()).contains(log);
        }
    }

    private static void rollAndCommit(PartitionLog log) {
        log.roll();
        log.updateHighWatermark(log.logEndOffset());
    }

    private static SimpleRecord tombstone(String key) {
        return record(key, null);
    }

    private static List<String> keysAndOffsets(PartitionLog log) {
        List<String> found = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            var records = log.read(offset, 1 << 20, FetchIsolation.LOG_END, true).records;
            if (records.sizeInBytes() == 0) {
                return found;
            }
            for (var batch : records.batches()) {
                for (Record record : batch) {
                    found.add(keyOf(batch.isControlBatch(), record) + "@" + record.offset());
                }
                offset = batch.nextOffset();
            }
        }
        return found;
    }

    private static String keyOf(boolean control, Record record) {
        return control ? "marker" : Utils.utf8(record.key());
    }

    @Test
    void theNewestValueOfEachKeyStaysAtItsOffset() {
        PartitionLog log = open();
        append(log, batch(record("a", "1"), record("b", "2")));
        append(log, batch(record("a", "3")));
        append(log, batch(record("c", "4"), record("a", "5")));

        clean(log);

        assertThat(keysAndOffsets(log)).containsExactly("b@1", "c@3", "a@4");
        assertThat(log.logEndOffset()).isEqualTo(5);
        assertThat(temp.resolve("cleaner-offset-checkpoint")).hasContent("0\n1\n__consumer_offsets 0 5");
    }

    @Test
    void theActiveSegmentAndWhatIsNotCommittedAreLeftAlone() {
        PartitionLog log = open();
        append(log, batch(record("a", "1")));
        append(log, batch(record("a", "2")));
        log.roll();
        append(log, batch(record("a", "3")));

        log.updateHighWatermark(0);
        assertThat(manager.cleaner().cleanDirtiest()).isFalse();
        log.updateHighWatermark(3);
        assertThat(manager.cleaner().cleanDirtiest()).isTrue();

        assertThat(keysAndOffsets(log)).containsExactly("a@1", "a@2");
    }

    @Test
    void aTombstoneGoesOnceItsRetentionIsOver() {
        PartitionLog log = open();
        append(log, batch(record("a", "1"), record("b", "2")));
        append(log, batch(tombstone("a")));
        clean(log);
        assertThat(keysAndOffsets(log)).containsExactly("b@1", "a@2");

        time.sleep(DELETE_RETENTION_MS + 1);
        append(log, batch(record("c", "3"), record("d", "4")));
        clean(log);

        assertThat(keysAndOffsets(log)).containsExactly("b@1", "c@3", "d@4");
    }

    @Test
    void recordsOfAnAbortedTransactionGoBeforeItsMarker() {
        brokerConfig.put("transaction.partition.verification.enable", "false");
        PartitionLog log = open();
        append(log, batch(record("a", "kept")));
        append(log, transactional(7, "a", "aborted"));
        endTransaction(log, 7, ControlRecordType.ABORT);
        append(log, transactional(8, "b", "committed"));
        endTransaction(log, 8, ControlRecordType.COMMIT);

        clean(log);
        assertThat(keysAndOffsets(log)).containsExactly("a@0", "marker@2", "b@3", "marker@4");

        time.sleep(DELETE_RETENTION_MS + 1);
        append(log, batch(record("c", "3")));
        clean(log);
        time.sleep(DELETE_RETENTION_MS + 1);
        append(log, batch(record("d", "4"), record("e", "5")));
        clean(log);
        assertThat(keysAndOffsets(log)).contains("a@0", "b@3", "c@5").doesNotContain("a@1");
    }

    private static MemoryRecords transactional(long producerId, String key, String value) {
        return MemoryRecords.withTransactionalRecords(Compression.NONE, producerId, (short) 0, 0, record(key, value));
    }

    private static void endTransaction(PartitionLog log, long producerId, ControlRecordType type) {
        log.appendAsLeader(
                MemoryRecords.withEndTransactionMarker(producerId, (short) 0, new EndTransactionMarker(type, 0)),
                EPOCH,
                AppendOrigin.COORDINATOR);
    }

    @Test
    void anOpenTransactionIsNotCleanedInto() {
        brokerConfig.put("transaction.partition.verification.enable", "false");
        PartitionLog log = open();
        append(log, batch(record("a", "1")));
        append(log, transactional(7, "a", "open"));
        rollAndCommit(log);

        manager.cleaner().cleanDirtiest();

        assertThat(keysAndOffsets(log)).containsExactly("a@0", "a@1");
    }

    @Test
    void aProducersLastSequenceSurvivesCleaningAndRestart() {
        PartitionLog log = open();
        append(log, idempotent(7, 0, 0, record("a", "1")));
        append(log, idempotent(7, 0, 1, record("a", "2")));
        append(log, batch(record("a", "3")));
        clean(log);
        assertThat(keysAndOffsets(log)).containsExactly("a@2");
        manager.close();

        PartitionLog again = open();

        assertThat(append(again, idempotent(7, 0, 1, record("a", "2"))).firstOffset())
                .isEqualTo(1);
        assertThat(append(again, idempotent(7, 0, 2, record("a", "4"))).firstOffset())
                .isEqualTo(3);
    }

    @Test
    void cleaningWaitsForEnoughDirtAndStartsWhereItLeftOff() {
        topicConfig.setProperty("min.cleanable.dirty.ratio", "0.5");
        PartitionLog log = open();
        for (int i = 0; i < 10; i++) {
            append(log, batch(record("key" + i, "value")));
        }
        clean(log);
        append(log, batch(record("key0", "new")));
        rollAndCommit(log);

        assertThat(manager.cleaner().cleanDirtiest()).isFalse();
        assertThat(keysAndOffsets(log)).hasSize(11);
    }

    @Test
    void aSmallMapTakesSeveralPasses() {
        brokerConfig.put("log.cleaner.dedupe.buffer.size", "1048576");
        brokerConfig.put("log.cleaner.io.buffer.load.factor", "0.0002");
        PartitionLog log = open();
        for (int i = 0; i < 40; i++) {
            append(log, batch(record("key" + i % 20, "value" + i)));
        }

        clean(log);

        assertThat(values(log, 0)).hasSize(20).allMatch(value -> Integer.parseInt(value.substring(5)) >= 20);
    }

    @Test
    void aBatchLongerThanTheBufferIsCleaned() {
        brokerConfig.put("log.cleaner.io.buffer.size", "1024");
        PartitionLog log = open();
        String longValue = "x".repeat(20_000);
        append(log, batch(record("a", longValue)));
        append(log, batch(record("a", longValue), record("b", longValue)));

        clean(log);

        assertThat(keysAndOffsets(log)).containsExactly("a@1", "b@2");
    }

    @Test
    void smallSegmentsMerge() {
        PartitionLog log = open();
        for (int i = 0; i < 6; i++) {
            append(log, batch(record("key" + i, "value")));
            log.roll();
        }

        clean(log);

        assertThat(log.numberOfSegments()).isEqualTo(2);
        assertThat(values(log, 0)).hasSize(6);
    }

    @Test
    void aPausedLogIsNotCleaned() {
        PartitionLog log = open();
        appendTwice(log);

        manager.cleaner()
                .paused(
                        OFFSETS,
                        () -> assertThat(manager.cleaner().cleanDirtiest()).isFalse());

        assertThat(manager.cleaner().cleanDirtiest()).isTrue();
    }

    @Test
    void aTruncationBelowWhatIsCleanMakesItDirtyAgain() {
        PartitionLog log = open();
        append(log, batch(record("a", "1")));
        append(log, batch(record("b", "2")));
        clean(log);

        manager.truncateTo(Map.of(OFFSETS, 1L));
        append(log, batch(record("a", "3")));
        clean(log);

        assertThat(keysAndOffsets(log)).containsExactly("a@1");
    }

    @Test
    void aDeletedLogLeavesTheCheckpoint() {
        PartitionLog log = open();
        append(log, batch(record("a", "1")));
        clean(log);

        manager.deleteAsync(List.of(OFFSETS));

        assertThat(temp.resolve("cleaner-offset-checkpoint")).hasContent("0\n0");
    }

    @Test
    void theCleanersThreadCleansByItself() {
        brokerConfig.put("log.cleaner.enable", "true");
        brokerConfig.put("log.cleaner.backoff.ms", "5");
        PartitionLog log = open();
        appendTwice(log);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(keysAndOffsets(log)).containsExactly("a@1"));
    }

    @Test
    void aPassThatIsSlowToEndKeepsItsLogAndHoldsUpNoOthersUnderAnotherConfiguration() {
        brokerConfig.put("log.cleaner.enable", "true");
        brokerConfig.put("log.cleaner.backoff.ms", "5");
        brokerConfig.put("log.cleaner.io.max.bytes.per.second", "1");
        PartitionLog slow = open();
        time.sleep(1_000);
        time.hold();
        long beforePassMs = time.milliseconds();
        appendTwice(slow);
        await().atMost(PATIENCE).until(() -> time.milliseconds() > beforePassMs);

        brokerConfig.put("log.cleaner.io.max.bytes.per.second", "1000000000");
        assertThat(CompletableFuture.runAsync(() -> manager.reconfigure(settings())))
                .succeedsWithin(PATIENCE);

        PartitionLog other = manager.getOrCreate(new TopicPartition("__consumer_offsets", 1), Optional.empty(), true);
        appendTwice(other);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(keysAndOffsets(other)).containsExactly("a@1"));
        assertThat(keysAndOffsets(slow)).containsExactly("a@0", "a@1");

        time.release();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(keysAndOffsets(slow)).containsExactly("a@1"));
    }

    private static void appendTwice(PartitionLog log) {
        append(log, batch(record("a", "1")));
        append(log, batch(record("a", "2")));
        rollAndCommit(log);
    }

    @Test
    void oldRecordsOfACompactedAndDeletedTopicGoToo() {
        topicConfig.setProperty("cleanup.policy", "compact,delete");
        topicConfig.setProperty("retention.ms", "1000");
        PartitionLog log = open();
        append(log, batch(record("a", "1")));
        rollAndCommit(log);
        time.sleep(60_000);

        assertThat(manager.deleteOldSegments()).isEqualTo(1);
        assertThat(log.logStartOffset()).isEqualTo(1);
    }
}
