package io.regent.broker.log;

import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MutableRecordBatch;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.RecordValidationStats;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LeaderHwChange;
import org.apache.kafka.storage.internals.log.LogAppendInfo;

/**
 * Checks the batch headers of records that arrive, before the log's lock is taken: lengths, checksums, codec, order.
 * Stateless; any thread may call it. It never changes the records and never looks into a compressed batch.
 */
final class BatchChecks {
    static final long UNKNOWN_OFFSET = -1L;

    private final TopicPartition topicPartition;

    BatchChecks(TopicPartition topicPartition) {
        this.topicPartition = topicPartition;
    }

    /**
     * Checks what a leader is asked to append.
     *
     * @throws CorruptRecordException on a bad checksum, length, magic or codec
     * @throws InvalidRecordException when a client sends no batch, or a base offset other than 0
     * @throws RecordTooLargeException when a batch is longer than {@code maxMessageSize} bytes
     */
    LogAppendInfo forLeader(MemoryRecords records, AppendOrigin origin, int maxMessageSize, long logStartOffset) {
        Summary summary = new Summary();
        for (MutableRecordBatch batch : records.batches()) {
            if (origin == AppendOrigin.CLIENT
                    && batch.magic() >= RecordBatch.MAGIC_VALUE_V2
                    && batch.baseOffset() != 0) {
                throw new InvalidRecordException("The base offset of a produced batch must be 0, but it is "
                        + batch.baseOffset() + " for " + topicPartition);
            }
            if (batch.sizeInBytes() > maxMessageSize) {
                throw new RecordTooLargeException("A record batch of " + batch.sizeInBytes() + " bytes for "
                        + topicPartition + " exceeds max.message.bytes " + maxMessageSize);
            }
            requireIntact(batch);
            summary.add(batch, codecOf(batch));
        }
        if (summary.validBytes == 0 && origin == AppendOrigin.CLIENT) {
            throw new InvalidRecordException("The records for " + topicPartition + " hold no complete batch");
        }
        return summary.toAppendInfo(logStartOffset);
    }

    /**
     * Checks what a follower fetched. Sizes were the leader's to judge.
     *
     * @throws CorruptRecordException on a bad checksum, length, magic or codec, or offsets that do not rise
     */
    LogAppendInfo forFollower(MemoryRecords records, long logStartOffset) {
        Summary summary = new Summary();
        for (MutableRecordBatch batch : records.batches()) {
            requireIntact(batch);
            if (batch.lastOffset() <= summary.lastOffset) {
                throw new CorruptRecordException("Fetched batches for " + topicPartition + " are out of order: offset "
                        + batch.lastOffset() + " comes after " + summary.lastOffset);
            }
            summary.add(batch, codecOf(batch));
        }
        return summary.toAppendInfo(logStartOffset);
    }

    private void requireIntact(RecordBatch batch) {
        if (!batch.isValid()) {
            throw new CorruptRecordException(
                    "A record batch for " + topicPartition + " is corrupt (stored crc " + batch.checksum() + ")");
        }
    }

    private CompressionType codecOf(RecordBatch batch) {
        try {
            return batch.compressionType();
        } catch (IllegalArgumentException e) {
            throw new CorruptRecordException(
                    "A record batch for " + topicPartition + " names an unknown compression codec", e);
        }
    }

    /** Drops a torn batch at the end, as a fetch bounded in bytes may bring. */
    static MemoryRecords trimmed(MemoryRecords records, int validBytes) {
        if (validBytes == records.sizeInBytes()) {
            return records;
        }
        var buffer = records.buffer().duplicate();
        buffer.limit(buffer.position() + validBytes);
        return MemoryRecords.readableRecords(buffer.slice());
    }

    private static final class Summary {
        private long firstOffset = UNKNOWN_OFFSET;
        private long lastOffset = -1L;
        private long lastOffsetOfFirstBatch = -1L;
        private int lastLeaderEpoch = RecordBatch.NO_PARTITION_LEADER_EPOCH;
        private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
        private CompressionType compression = CompressionType.NONE;
        private int validBytes;

        void add(MutableRecordBatch batch, CompressionType codec) {
            if (validBytes == 0) {
                // Older formats store no first offset; it would take decompressing the batch to learn it.
                firstOffset = batch.magic() >= RecordBatch.MAGIC_VALUE_V2 ? batch.baseOffset() : UNKNOWN_OFFSET;
                lastOffsetOfFirstBatch = batch.lastOffset();
            }
            lastOffset = batch.lastOffset();
            lastLeaderEpoch = batch.partitionLeaderEpoch();
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
            compression = codec == CompressionType.NONE ? compression : codec;
            validBytes += batch.sizeInBytes();
        }

        LogAppendInfo toAppendInfo(long logStartOffset) {
            OptionalInt epoch = lastLeaderEpoch == RecordBatch.NO_PARTITION_LEADER_EPOCH
                    ? OptionalInt.empty()
                    : OptionalInt.of(lastLeaderEpoch);
            return new LogAppendInfo(
                    firstOffset,
                    lastOffset,
                    epoch,
                    maxTimestamp,
                    RecordBatch.NO_TIMESTAMP,
                    logStartOffset,
                    RecordValidationStats.EMPTY,
                    compression,
                    validBytes,
                    lastOffsetOfFirstBatch,
                    List.of(),
                    LeaderHwChange.NONE);
        }
    }
}
