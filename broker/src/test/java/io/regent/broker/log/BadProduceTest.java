package io.regent.broker.log;

import static io.regent.broker.log.LogFixture.EPOCH;
import static io.regent.broker.log.LogFixture.START_MS;
import static io.regent.broker.log.LogFixture.append;
import static io.regent.broker.log.LogFixture.batch;
import static io.regent.broker.log.LogFixture.config;
import static io.regent.broker.log.LogFixture.idempotent;
import static io.regent.broker.log.LogFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.EndTransactionMarker;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bad produce gets the error that Kafka's clients know, and leaves nothing in the log. */
class BadProduceTest {
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int COUNT_AT = 57;

    @TempDir
    Path logDir;

    private PartitionLog log;
    private long endBefore;

    @BeforeEach
    void openLog() {
        log = new LogFixture(logDir).open(config("max.message.bytes", "1000"));
    }

    @AfterEach
    void nothingWasAppended() {
        assertThat(log.logEndOffset()).isEqualTo(endBefore);
    }

    private Errors refusal(MemoryRecords records) {
        Throwable thrown = catchThrowable(() -> append(log, records));
        assertThat(thrown).as("the append must be refused").isNotNull();
        return AppendFailure.of(thrown).error();
    }

    private static ByteBuffer bytesOf(MemoryRecords records) {
        ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
        copy.put(records.buffer()).flip();
        return copy;
    }

    private static MemoryRecords sealed(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(ATTRIBUTES_AT));
        return MemoryRecords.readableRecords(bytes.putInt(CRC_AT, (int) crc.getValue()));
    }

    @Test
    void aBadChecksumIsCorrupt() {
        ByteBuffer bytes = bytesOf(batch("x"));
        bytes.put(bytes.limit() - 1, (byte) 99);
        assertThat(refusal(MemoryRecords.readableRecords(bytes))).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void anUnknownMagicIsCorrupt() {
        ByteBuffer bytes = bytesOf(batch("x")).put(MAGIC_AT, (byte) 9);
        assertThat(refusal(MemoryRecords.readableRecords(bytes))).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aBatchLengthUnderTheMinimumIsCorrupt() {
        ByteBuffer bytes = bytesOf(batch("x")).putInt(8, 5);
        assertThat(refusal(MemoryRecords.readableRecords(bytes))).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aBatchLongerThanItsBytesIsInvalid() {
        ByteBuffer bytes = bytesOf(batch("x"));
        bytes.putInt(8, bytes.getInt(8) + 100);
        assertThat(refusal(MemoryRecords.readableRecords(bytes))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void noBatchAtAllIsInvalid() {
        assertThat(refusal(MemoryRecords.EMPTY)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void twoBatchesAreInvalid() {
        MemoryRecords one = batch("x");
        ByteBuffer two = ByteBuffer.allocate(one.sizeInBytes() * 2);
        two.put(one.buffer()).put(one.buffer()).flip();
        assertThat(refusal(MemoryRecords.readableRecords(two))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aCountThatDoesNotMatchIsInvalid() {
        ByteBuffer bytes = bytesOf(batch("x")).putInt(COUNT_AT, 3);
        assertThat(refusal(sealed(bytes))).isEqualTo(Errors.INVALID_RECORD);
        ByteBuffer both = bytesOf(batch("x")).putInt(COUNT_AT, 3).putInt(LAST_OFFSET_DELTA_AT, 2);
        assertThat(refusal(sealed(both))).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBaseOffsetOtherThanZeroIsInvalid() {
        assertThat(refusal(MemoryRecords.withRecords(4L, Compression.NONE, record(null, "x"))))
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aNullKeyOnACompactedTopicIsInvalidAndTheRecordIsNamed() {
        log.updateConfig(config("cleanup.policy", "compact"));
        Throwable thrown = catchThrowable(() -> append(log, batch(record("k", "1"), record(null, "2"))));
        AppendFailure failure = AppendFailure.of(thrown);
        assertThat(failure.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(failure.recordErrors())
                .singleElement()
                .satisfies(e -> assertThat(e.batchIndex).isEqualTo(1));
    }

    @Test
    void aBatchOverTheLimitIsTooLarge() {
        assertThat(refusal(batch("x".repeat(1001)))).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aTimestampFarInTheFutureIsInvalid() {
        log.updateConfig(config("message.timestamp.after.max.ms", "3600000"));
        assertThat(refusal(batch(record(START_MS + 7_200_000, "k", "x")))).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void aTimestampFarInThePastIsInvalid() {
        log.updateConfig(config("message.timestamp.before.max.ms", "3600000"));
        assertThat(refusal(batch(record(START_MS - 7_200_000, "k", "x")))).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void aControlBatchFromAClientIsInvalidButACoordinatorsIsNot() {
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                7, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0));
        assertThat(refusal(marker)).isEqualTo(Errors.INVALID_RECORD);

        log.appendAsLeader(marker, EPOCH, AppendOrigin.COORDINATOR);
        endBefore = 1;
    }

    @Test
    void aSequenceGapIsOutOfOrder() {
        append(log, idempotent(7, 0, 0, record("a", "1")));
        endBefore = 1;
        assertThat(refusal(idempotent(7, 0, 2, record("a", "3")))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anOlderProducerEpochIsFenced() {
        append(log, idempotent(7, 3, 0, record("a", "1")));
        endBefore = 1;
        assertThat(refusal(idempotent(7, 2, 1, record("a", "2")))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void anUnknownCodecIsCorrupt() {
        ByteBuffer bytes = bytesOf(batch("x")).putShort(ATTRIBUTES_AT, (short) 6);
        assertThat(refusal(sealed(bytes))).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void bytesThatDoNotDecompressAreCorrupt() {
        for (short codec = 1; codec <= 4; codec++) {
            ByteBuffer bytes = bytesOf(batch("not compressed at all")).putShort(ATTRIBUTES_AT, codec);
            assertThat(refusal(sealed(bytes))).as("codec %d", codec).isEqualTo(Errors.CORRUPT_MESSAGE);
        }
    }

    @Test
    void garbageBehindAGoodChecksumIsRefused() {
        ByteBuffer bytes = bytesOf(batch("some value"));
        for (int i = DefaultRecordBatch.RECORD_BATCH_OVERHEAD; i < bytes.limit(); i++) {
            bytes.put(i, (byte) 0x7f);
        }
        assertThat(refusal(sealed(bytes))).isIn(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD);
    }

    @Test
    void aBatchThatOutgrowsASegmentIsRefused() {
        log.updateConfig(config("segment.bytes", "100", "max.message.bytes", "1000"));
        assertThat(refusal(batch("x".repeat(200)))).isEqualTo(Errors.RECORD_LIST_TOO_LARGE);
    }
}
