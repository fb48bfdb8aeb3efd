package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.EPOCH;
import static io.regent.broker.log.LogFixture.START_MS;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.batch;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static io.regent.broker.log.LogFixture.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void openLog() {
        fixture = new LogFixture(logDir);
        log = fixture.open(config());
    }

    @Test
    void aLeaderGivesOffsetsInOrderOfArrival() {
        LogAppendInfo first = append(log, batch(record("a", "1"), record("b", "2")));
        LogAppendInfo second = append(log, batch(record("c", "3")));

        assertThat(first.firstOffset()).isZero();
        assertThat(first.lastOffset()).isEqualTo(1);
        assertThat(second.firstOffset()).isEqualTo(2);
        assertThat(log.logEndOffset()).isEqualTo(3);
        assertThat(values(log, 0)).containsExactly("1", "2", "3");
    }

    @Test
    void aCompressedBatchIsKeptAsTheProducerSentIt() {
        append(log, MemoryRecords.withRecords(Compression.zstd().build(), record("a", "1"), record("b", "2")));

        assertThat(log.read(0, 1000, FetchIsolation.LOG_END, true).records.batches())
                .singleElement()
                .satisfies(stored -> {
                    assertThat(stored.compressionType().name).isEqualTo("zstd");
                    assertThat(stored.partitionLeaderEpoch()).isEqualTo(EPOCH);
                });
        assertThat(values(log, 0)).containsExactly("1", "2");
    }

    @Test
    void consumersSeeNothingAboveTheHighWatermark() {
        append(log, "1", "2", "3");
        log.updateHighWatermark(2);

        FetchDataInfo read = log.read(0, 1000, FetchIsolation.HIGH_WATERMARK, true);
        assertThat(read.records.records()).hasSize(2);
        assertThat(log.read(2, 1000, FetchIsolation.HIGH_WATERMARK, true)
                        .records
                        .sizeInBytes())
                .isZero();
    }

    @Test
    void theFirstBatchComesWholeOnlyWhenAskedFor() {
        append(log, "a record that is longer than ten bytes");

        assertThat(log.read(0, 10, FetchIsolation.LOG_END, false).records.sizeInBytes())
                .isEqualTo(10);
        assertThat(log.read(0, 10, FetchIsolation.LOG_END, true).records.records())
                .hasSize(1);
    }

    @Test
    void offsetsOutsideTheLogAreRefused() {
        append(log, "1", "2", "3");
        log.updateHighWatermark(3);
        log.maybeIncrementLogStartOffset(2, LogStartOffsetIncrementReason.ClientRecordDeletion);

        assertThatThrownBy(() -> log.read(4, 10, FetchIsolation.LOG_END, true))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContaining("ends at 3");
        assertThatThrownBy(() -> log.read(1, 10, FetchIsolation.LOG_END, true))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContaining("starts at 2");
    }

    @Test
    void theHighWatermarkStaysWithinTheLogAndOnlyRisesWhenIncremented() {
        append(log, "1", "2", "3");

        assertThat(log.updateHighWatermark(99)).isEqualTo(3);
        assertThat(log.maybeIncrementHighWatermark(log.offsetMetadata(1))).isEmpty();
        assertThat(log.highWatermark()).isEqualTo(3);
        append(log, "4");
        assertThat(log.maybeIncrementHighWatermark(log.logEndOffsetMetadata())).isPresent();
        assertThat(log.highWatermark()).isEqualTo(4);
        assertThatThrownBy(() -> log.maybeIncrementHighWatermark(new LogOffsetMetadata(5)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRepeatedBatchIsAnsweredWithItsFirstOffsets() {
        append(log, idempotent(7, 0, 0, record("a", "1"), record("b", "2")));
        append(log, idempotent(7, 0, 2, record("c", "3")));

        LogAppendInfo again = append(log, idempotent(7, 0, 0, record("a", "1"), record("b", "2")));

        assertThat(again.firstOffset()).isZero();
        assertThat(again.lastOffset()).isEqualTo(1);
        assertThat(log.logEndOffset()).isEqualTo(3);
    }

    @Test
    void aFollowerKeepsTheLeadersOffsetsEpochsAndGaps() {
        log.appendAsFollower(MemoryRecords.withRecords(10L, Compression.NONE, 3, record("a", "1")));
        log.appendAsFollower(MemoryRecords.withRecords(20L, Compression.NONE, 4, record("b", "2")));

        assertThat(log.logEndOffset()).isEqualTo(21);
        assertThat(log.latestEpoch()).hasValue(4);
        assertThat(log.endOffsetForEpoch(3)).contains(new OffsetAndEpoch(20, 3));
        assertThat(values(log, 0)).containsExactly("1", "2");
    }

    @Test
    void aFollowerRefusesRecordsBelowItsEnd() {
        log.appendAsFollower(MemoryRecords.withRecords(10L, Compression.NONE, 3, record("a", "1")));

        assertThatThrownBy(() ->
                        log.appendAsFollower(MemoryRecords.withRecords(9L, Compression.NONE, 3, record("a", "1"))))
                .isInstanceOfSatisfying(
                        UnexpectedAppendOffsetException.class,
                        refused -> assertThat(refused.firstOffset()).isEqualTo(9));
        assertThat(log.logEndOffset()).isEqualTo(11);
    }

    @Test
    void aTornBatchAtTheEndOfAFetchIsDropped() {
        MemoryRecords whole = MemoryRecords.withRecords(0L, Compression.NONE, 3, record("a", "1"));
        var torn = ByteBuffer.allocate(whole.sizeInBytes() + 30);
        torn.put(whole.buffer());
        torn.put(MemoryRecords.withRecords(1L, Compression.NONE, 3, record("b", "2"))
                .buffer()
                .limit(30));
        torn.flip();

        log.appendAsFollower(MemoryRecords.readableRecords(torn));

        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(values(log, 0)).containsExactly("1");
    }

    @Test
    void truncationForgetsRecordsEpochsAndProducers() {
        append(log, idempotent(7, 0, 0, record("a", "1")));
        append(log, idempotent(7, 0, 1, record("a", "2")));
        log.appendAsLeader(batch("3"), EPOCH + 1, AppendOrigin.CLIENT);
        log.updateHighWatermark(3);

        assertThat(log.truncateTo(1)).isEqualTo(LogMaintenance.Cut.UNFLUSHED);

        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(log.highWatermark()).isEqualTo(1);
        assertThat(log.latestEpoch()).hasValue(EPOCH);
        assertThat(append(log, idempotent(7, 0, 1, record("a", "new"))).firstOffset())
                .isEqualTo(1);
        assertThat(values(log, 0)).containsExactly("1", "new");
    }

    /** The newest appends are found without a search; a truncation and a new segment must not let an old place be believed. */
    @Test
    void aReadBeginsWithTheBatchThatHoldsItsOffset() {
        for (int i = 0; i < 60; i += 2) {
            append(log, batch(record(null, "v" + i), record(null, "v" + (i + 1))));
        }
        assertThat(firstRead()).containsExactlyElementsOf(evenUpTo(60));

        log.truncateTo(50);
        append(log, batch(record(null, "a much longer value than before")));
        append(log, batch("last"));
        assertThat(log.read(51, 1, FetchIsolation.LOG_END, true).records.records())
                .allSatisfy(record -> assertThat(record.offset()).isEqualTo(51));

        log.roll();
        append(log, batch(record(null, "v52"), record(null, "v53")));
        assertThat(log.offsetMetadata(51).segmentBaseOffset).isZero();
        assertThat(log.offsetMetadata(53)).isEqualTo(new LogOffsetMetadata(53, 52, 0));
    }

    /** For each offset, the one that the first batch begins with which is read from there. */
    private List<Long> firstRead() {
        return LongStream.range(0, log.logEndOffset())
                .mapToObj(offset -> log.read(offset, 1, FetchIsolation.LOG_END, true)
                        .records
                        .batches()
                        .iterator()
                        .next()
                        .baseOffset())
                .toList();
    }

    private static List<Long> evenUpTo(long end) {
        return LongStream.range(0, end).mapToObj(offset -> offset - offset % 2).toList();
    }

    @Test
    void aTruncationKnowsTheProducersOfALongLogWithoutReadingItAll() throws IOException {
        byte[] large = new byte[900_000];
        for (int i = 0; i < 60; i++) {
            append(log, idempotent(7, 0, i, new SimpleRecord(large)));
        }
        assertThat(snapshots()).hasSize(2).allMatch(offset -> offset > 30);

        log.truncateTo(59);

        assertThat(append(log, idempotent(7, 0, 58, new SimpleRecord(large))).firstOffset())
                .as("a duplicate")
                .isEqualTo(58);
        assertThat(append(log, idempotent(7, 0, 59, new SimpleRecord(large))).firstOffset())
                .isEqualTo(59);
    }

    private List<Long> snapshots() throws IOException {
        return ProducerStateManager.listSnapshotFiles(log.dir()).stream()
                .map(snapshot -> snapshot.offset)
                .sorted()
                .toList();
    }

    @Test
    void truncationAcrossSegmentsDropsTheLaterOnes() {
        append(log, "1", "2");
        log.roll();
        append(log, "3", "4");
        log.roll();
        append(log, "5");

        log.truncateTo(3);

        assertThat(values(log, 0)).containsExactly("1", "2", "3");
        assertThat(log.numberOfSegments()).isEqualTo(2);
        append(log, "4b");
        assertThat(values(log, 0)).containsExactly("1", "2", "3", "4b");
    }

    @Test
    void aFlushThatComesAfterATruncationCountsNothingBeyondTheEnd() {
        append(log, "1", "2");
        log.roll();
        log.truncateTo(1);

        fixture.scheduler.advance(0);

        assertThat(log.store().recoveryPoint()).isEqualTo(1);
    }

    @Test
    void aFlushThatATruncationOvertakesCountsNothing() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        LogDirFailureChannel askedOnTheWayToTheDisk = new LogDirFailureChannel(1) {
            @Override
            public boolean hasOfflineLogDir(String logDir) {
                meanwhile.getAndSet(() -> {}).run();
                return false;
            }
        };
        PartitionLog raced = new LogFixture(logDir.resolve("raced"), askedOnTheWayToTheDisk).open(config());
        append(raced, "1", "2", "3");
        meanwhile.set(() -> raced.truncateTo(1));

        raced.flush();

        assertThat(raced.logEndOffset()).isEqualTo(1);
        assertThat(raced.store().recoveryPoint()).isZero();
        append(raced, "2b");
        raced.flush();
        assertThat(raced.store().recoveryPoint()).isEqualTo(2);
    }

    @Test
    void anEmptiedLogStartsWhereItIsTold() {
        append(log, "1", "2");

        log.truncateFullyAndStartAt(100, OptionalLong.of(90));

        assertThat(log.logEndOffset()).isEqualTo(100);
        assertThat(log.logStartOffset()).isEqualTo(90);
        assertThat(log.latestEpoch()).isEmpty();
        assertThat(append(log, "3").firstOffset()).isEqualTo(100);
    }

    @Test
    void timestampsAndSpecialTimestampsFindTheirOffsets() {
        append(log, batch(record(START_MS, "a", "1")));
        append(log, batch(record(START_MS + 30, "b", "2")));
        append(log, batch(record(START_MS + 20, "c", "3")));

        assertThat(offsetFor(START_MS + 10)).contains(1L);
        assertThat(offsetFor(START_MS + 31)).isEmpty();
        assertThat(offsetFor(ListOffsetsRequest.EARLIEST_TIMESTAMP)).contains(0L);
        assertThat(offsetFor(ListOffsetsRequest.LATEST_TIMESTAMP)).contains(3L);
        assertThat(offsetFor(ListOffsetsRequest.MAX_TIMESTAMP)).contains(1L);
        assertThat(offsetFor(ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP)).contains(0L);
        assertThat(log.fetchOffsetByTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP)
                        .orElseThrow()
                        .leaderEpoch)
                .contains(EPOCH);
    }

    private Optional<Long> offsetFor(long timestamp) {
        return log.fetchOffsetByTimestamp(timestamp).map(found -> found.offset);
    }

    @Test
    void committedReadsStopAtAnOpenTransactionAndNameTheAbortedOnes() {
        append(log, transactional(7, 0, "aborted"));
        append(log, "plain");
        log.updateHighWatermark(log.logEndOffset());

        assertThat(log.lastStableOffset()).isZero();
        assertThat(log.read(0, 1000, FetchIsolation.TXN_COMMITTED, true).records.sizeInBytes())
                .isZero();

        log.appendAsLeader(marker(7, ControlRecordType.ABORT), EPOCH, AppendOrigin.COORDINATOR);
        log.updateHighWatermark(log.logEndOffset());

        assertThat(log.lastStableOffset()).isEqualTo(3);
        FetchDataInfo read = log.read(0, 1000, FetchIsolation.TXN_COMMITTED, true);
        assertThat(read.abortedTransactions.orElseThrow()).singleElement().satisfies(aborted -> {
            assertThat(aborted.producerId()).isEqualTo(7);
            assertThat(aborted.firstOffset()).isZero();
        });
    }

    @Test
    void anOpenTransactionIsStillOpenAfterARestart() {
        append(log, "plain");
        append(log, transactional(7, 0, "open"));
        log.flush();
        log.close();

        log = fixture.open(config(), new LogLoader.Origin(true, 0, 2));
        log.updateHighWatermark(2);

        assertThat(log.lastStableOffset()).isEqualTo(1);
        assertThat(log.producers().hasOngoingTransaction(7)).isTrue();
    }

    private static MemoryRecords transactional(long producerId, int sequence, String value) {
        return MemoryRecords.withTransactionalRecords(
                Compression.NONE, producerId, (short) 0, sequence, record(null, value));
    }

    private static MemoryRecords marker(long producerId, ControlRecordType type) {
        return MemoryRecords.withEndTransactionMarker(producerId, (short) 0, new EndTransactionMarker(type, 0));
    }

    @Test
    void aLogBelongsToOneTopicId() {
        Uuid id = Uuid.randomUuid();
        log.assignTopicId(id);
        log.assignTopicId(id);

        assertThat(logDir.resolve("orders-0/partition.metadata")).hasContent("version: 0\ntopic_id: " + id);
        assertThatThrownBy(() -> log.assignTopicId(Uuid.randomUuid()))
                .isInstanceOf(InconsistentTopicIdException.class)
                .hasMessageContaining(id.toString());
    }

    @Test
    void aFullSegmentRollsByItself() {
        log.updateConfig(config("segment.bytes", "200"));

        append(log, "first of about a hundred bytes with overhead", "second of about a hundred bytes", "third");

        assertThat(log.numberOfSegments()).isGreaterThan(1);
        assertThat(values(log, 0)).hasSize(3);
    }
}
