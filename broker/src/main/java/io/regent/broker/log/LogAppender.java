package io.regent.broker.log;

import java.io.IOException;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.record.BrokerCompressionType;
import org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.RollParams;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Appends checked records: assigns offsets on a leader, keeps them on a follower, and moves epochs, producer state and
 * log end along. Called under the partition log's lock. It never moves the high watermark up.
 */
final class LogAppender {
    /** Starts a new segment; the partition log does it, since a roll also snapshots and flushes. */
    @FunctionalInterface
    interface Roller {
        LogSegment roll(OptionalLong expectedNextOffset) throws IOException;
    }

    private final SegmentStore store;
    private final LeaderEpochFileCache epochs;
    private final ProducerStateManager producers;
    private final ProducerValidation producerValidation;
    private final TailSnapshots snapshots;
    private final Watermarks watermarks;
    private final Roller roller;

    LogAppender(
            SegmentStore store,
            LeaderEpochFileCache epochs,
            ProducerStateManager producers,
            LogProducers known,
            Watermarks watermarks,
            Roller roller) {
        this.store = store;
        this.epochs = epochs;
        this.producers = producers;
        this.producerValidation = new ProducerValidation(producers, known, new EarlierBatches(store.segments()));
        this.snapshots = new TailSnapshots(producers, store.segments());
        this.watermarks = watermarks;
        this.roller = roller;
    }

    /**
     * Assigns offsets and appends.
     *
     * @return {@code info}, now with the offsets; those of the earlier append if the producer sent a duplicate
     */
    LogAppendInfo asLeader(
            MemoryRecords records, LogAppendInfo info, int leaderEpoch, AppendOrigin origin, VerificationGuard guard)
            throws IOException {
        LogConfig config = store.config();
        PrimitiveRef.LongRef offset = PrimitiveRef.ofLong(store.endOffset());
        info.setFirstOffset(offset.value);
        LogValidator.ValidationResult result = validate(records, info, config, leaderEpoch, origin, offset);
        info.setLastOffset(offset.value - 1);
        info.setMaxTimestamp(result.maxTimestampMs);
        info.setRecordValidationStats(result.recordValidationStats);
        if (config.messageTimestampType == TimestampType.LOG_APPEND_TIME) {
            info.setLogAppendTime(result.logAppendTimeMs);
        }
        if (result.messageSizeMaybeChanged) {
            requireSizes(result.validatedRecords, config.maxMessageSize());
        }
        return append(result.validatedRecords, info, origin, guard);
    }

    private LogValidator.ValidationResult validate(
            MemoryRecords records,
            LogAppendInfo info,
            LogConfig config,
            int leaderEpoch,
            AppendOrigin origin,
            PrimitiveRef.LongRef offset) {
        LogValidator validator = new LogValidator(
                records,
                store.topicPartition(),
                store.environment().time(),
                info.sourceCompression(),
                BrokerCompressionType.targetCompression(config.compression, info.sourceCompression()),
                config.compact,
                config.recordVersion().value,
                config.messageTimestampType,
                config.messageTimestampBeforeMaxMs,
                config.messageTimestampAfterMaxMs,
                leaderEpoch,
                origin,
                MetadataVersion.latestProduction());
        try {
            return validator.validateMessagesAndAssignOffsets(
                    offset, store.environment().refusals(), BufferSupplier.NO_CACHING);
        } catch (ApiException | RecordValidationException e) {
            throw e;
        } catch (RuntimeException e) {
            // The validator works on memory alone: what it cannot read does not decompress or does not parse.
            throw new CorruptRecordException(
                    "The records for " + store.topicPartition() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void requireSizes(MemoryRecords records, int maxMessageSize) {
        for (RecordBatch batch : records.batches()) {
            if (batch.sizeInBytes() > maxMessageSize) {
                throw new RecordTooLargeException("A record batch for " + store.topicPartition() + " grew to "
                        + batch.sizeInBytes() + " bytes and exceeds max.message.bytes " + maxMessageSize);
            }
        }
    }

    /**
     * Appends with the offsets the leader gave; gaps are fine, since compaction leaves them.
     *
     * @throws UnexpectedAppendOffsetException when the records begin below the log end
     */
    LogAppendInfo asFollower(MemoryRecords records, LogAppendInfo info) throws IOException {
        if (info.firstOrLastOffsetOfFirstBatch() < store.endOffset()) {
            long first = info.firstOffset() == BatchChecks.UNKNOWN_OFFSET
                    ? records.batches().iterator().next().baseOffset()
                    : info.firstOffset();
            throw new UnexpectedAppendOffsetException(
                    "Records " + first + " to " + info.lastOffset() + " of " + store.topicPartition()
                            + " begin below the log end " + store.endOffset(),
                    first,
                    info.lastOffset());
        }
        return append(records, info, AppendOrigin.REPLICATION, VerificationGuard.SENTINEL);
    }

    private LogAppendInfo append(
            MemoryRecords records, LogAppendInfo info, AppendOrigin origin, VerificationGuard guard)
            throws IOException {
        LogConfig config = store.config();
        if (records.sizeInBytes() > config.segmentSize) {
            throw new RecordBatchTooLargeException("Records of " + records.sizeInBytes() + " bytes for "
                    + store.topicPartition() + " exceed segment.bytes " + config.segmentSize);
        }
        LogSegment segment = maybeRoll(records.sizeInBytes(), info);
        LogOffsetMetadata first =
                new LogOffsetMetadata(info.firstOrLastOffsetOfFirstBatch(), segment.baseOffset(), segment.size());
        ProducerValidation.Outcome outcome = producerValidation.check(first, records, origin, guard);
        if (outcome.duplicate().isPresent()) {
            return duplicateOf(outcome.duplicate().get(), info);
        }
        assignEpochs(records);
        store.append(info.lastOffset(), records);
        watermarks.followEnd();
        applyProducers(outcome, segment, info.lastOffset());
        snapshots.appended(records.sizeInBytes());
        return info;
    }

    private LogSegment maybeRoll(int size, LogAppendInfo info) throws IOException {
        LogConfig config = store.config();
        RollParams params = new RollParams(
                config.maxSegmentMs(),
                config.segmentSize,
                info.maxTimestamp(),
                info.lastOffset(),
                size,
                store.environment().time().milliseconds());
        if (!store.active().shouldRoll(params)) {
            return store.active();
        }
        // Formats before v2 do not tell the first offset; this is at most it, and within an index's reach of the last.
        long first = info.firstOffset() == BatchChecks.UNKNOWN_OFFSET
                ? info.lastOffset() - Integer.MAX_VALUE
                : info.firstOffset();
        return roller.roll(OptionalLong.of(first));
    }

    private LogAppendInfo duplicateOf(BatchMetadata earlier, LogAppendInfo info) {
        info.setFirstOffset(earlier.firstOffset());
        info.setLastOffset(earlier.lastOffset);
        info.setLogAppendTime(earlier.timestamp);
        info.setLogStartOffset(watermarks.logStartOffset());
        return info;
    }

    private void assignEpochs(MemoryRecords records) {
        for (RecordBatch batch : records.batches()) {
            if (batch.magic() >= RecordBatch.MAGIC_VALUE_V2) {
                epochs.assign(batch.partitionLeaderEpoch(), batch.baseOffset());
            } else if (epochs.nonEmpty()) {
                // Records without an epoch would belong to the wrong one; without a cache, truncation goes by
                // watermark.
                epochs.clearAndFlush();
            }
        }
    }

    private void applyProducers(ProducerValidation.Outcome outcome, LogSegment segment, long lastOffset)
            throws IOException {
        outcome.updates().forEach(producers::update);
        for (CompletedTxn transaction : outcome.completed()) {
            segment.updateTxnIndex(transaction, producers.lastStableOffset(transaction));
            producers.completeTxn(transaction);
        }
        // Also when no producer wrote: a snapshot must be named after the offset that it covers.
        producers.updateMapEndOffset(lastOffset + 1);
        watermarks.refreshFirstUnstable();
    }
}
