package io.regent.broker.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.DigestException;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.storage.internals.log.LastRecord;
import org.apache.kafka.storage.internals.log.OffsetMap;

/**
 * Decides record by record what survives compaction: the newest value of each key, tombstones and transaction markers
 * until their delete horizon (KIP-534), and the batches that hold a producer's last state. Used by one thread, over
 * batches in log order. It never lets go of a record that the offset map does not cover.
 */
final class RetentionFilter extends RecordFilter {
    private final OffsetMap map;
    private final CleanedTransactions transactions;
    private final Map<Long, LastRecord> lastRecords;
    private final boolean retainLegacyTombstones;
    private boolean discardBatch;

    /**
     * @param lastRecords the last record of each active producer
     * @param retainLegacyTombstones whether tombstones of formats before v2, which carry no horizon, stay
     */
    RetentionFilter(
            Pass pass,
            CleanedTransactions transactions,
            Map<Long, LastRecord> lastRecords,
            boolean retainLegacyTombstones) {
        super(pass.nowMs(), pass.deleteRetentionMs());
        this.map = pass.map();
        this.transactions = transactions;
        this.lastRecords = lastRecords;
        this.retainLegacyTombstones = retainLegacyTombstones;
    }

    /** What stays the same throughout a pass over one log. */
    record Pass(OffsetMap map, long nowMs, long deleteRetentionMs) {}

    @Override
    protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
        boolean obsolete = canDiscard(batch);
        discardBatch = obsolete && (!batch.isControlBatch() || horizonHasPassed(batch));
        return new BatchRetentionResult(retention(batch), obsolete && batch.isControlBatch());
    }

    private boolean canDiscard(RecordBatch batch) {
        try {
            return transactions.canDiscard(batch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean horizonHasPassed(RecordBatch batch) {
        return batch.deleteHorizonMs().isPresent() && batch.deleteHorizonMs().getAsLong() <= currentTime;
    }

    private BatchRetention retention(RecordBatch batch) {
        if (batch.hasProducerId() && holdsProducerState(batch)) {
            return BatchRetention.RETAIN_EMPTY;
        }
        return discardBatch ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY;
    }

    /** The batch with a producer's last sequence, or the marker with its last epoch, must be found after a restart. */
    private boolean holdsProducerState(RecordBatch batch) {
        LastRecord last = lastRecords.get(batch.producerId());
        if (last == null) {
            return false;
        }
        return last.lastDataOffset.isPresent()
                ? batch.lastOffset() == last.lastDataOffset.getAsLong()
                : batch.isControlBatch() && batch.producerEpoch() == last.producerEpoch;
    }

    @Override
    protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
        if (discardBatch) {
            return false;
        }
        return batch.isControlBatch() || record.offset() > map.latestOffset() || isNewest(batch, record);
    }

    private boolean isNewest(RecordBatch batch, Record record) {
        // A compacted topic takes no record without a key; one may be left from before it was compacted.
        if (!record.hasKey() || record.offset() < newestOffset(record)) {
            return false;
        }
        return record.hasValue() || retainsTombstone(batch);
    }

    private long newestOffset(Record record) {
        try {
            return map.get(record.key());
        } catch (DigestException e) {
            throw new KafkaException("Cannot hash the key of record " + record.offset(), e);
        }
    }

    private boolean retainsTombstone(RecordBatch batch) {
        return batch.magic() < RecordBatch.MAGIC_VALUE_V2 ? retainLegacyTombstones : !horizonHasPassed(batch);
    }
}
