package io.regent.broker.log;

import java.io.IOException;
import java.security.DigestException;
import java.util.List;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.OffsetMap;

/**
 * Fills a map with the newest offset of each key in the dirty part of a log, as far as the map has room. Used by one
 * thread for one pass. It never changes the log, and leaves aborted records out.
 */
final class OffsetMapBuilder {
    private final CleaningCandidate candidate;
    private final OffsetMap map;
    private final int maxEntries;
    private final SegmentChunks chunks;
    private final Runnable checkWanted;
    private final CleanedTransactions transactions = new CleanedTransactions();

    OffsetMapBuilder(
            CleaningCandidate candidate, OffsetMap map, int maxEntries, SegmentChunks chunks, Runnable checkWanted) {
        this.candidate = candidate;
        this.map = map;
        this.maxEntries = maxEntries;
        this.chunks = chunks;
        this.checkWanted = checkWanted;
    }

    /** @return the first offset that the map does not cover */
    long build() throws IOException, DigestException {
        map.clear();
        PartitionLog log = candidate.log();
        long end = candidate.firstUncleanable();
        transactions.add(log.abortedTransactions(candidate.firstDirty(), end));
        List<LogSegment> dirty = List.copyOf(log.store().segments().values(candidate.firstDirty(), end));
        boolean full = false;
        for (int i = 0; i < dirty.size() && !full; i++) {
            long segmentEnd = i + 1 < dirty.size() ? dirty.get(i + 1).baseOffset() : end;
            full = !addSegment(dirty.get(i), segmentEnd);
        }
        chunks.shrink();
        return map.latestOffset() + 1;
    }

    /** @return whether all of it went in */
    private boolean addSegment(LogSegment segment, long segmentEnd) throws IOException, DigestException {
        int position = segment.offsetIndex().lookup(candidate.firstDirty()).position;
        while (position < segment.log().sizeInBytes()) {
            checkWanted.run();
            MemoryRecords records = chunks.read(segment.log(), position);
            for (RecordBatch batch : records.batches()) {
                if (!transactions.canDiscard(batch) && !batch.isControlBatch() && !addBatch(batch)) {
                    return false;
                }
                if (batch.lastOffset() >= candidate.firstDirty()) {
                    map.updateLatestOffset(batch.lastOffset());
                }
            }
            position += records.validBytes();
        }
        // Offsets at the segment's end may be missing after an earlier pass; they are covered as well.
        map.updateLatestOffset(segmentEnd - 1);
        return true;
    }

    private boolean addBatch(RecordBatch batch) throws DigestException {
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.hasKey() && record.offset() >= candidate.firstDirty()) {
                    if (map.size() >= maxEntries) {
                        return false;
                    }
                    map.put(record.key(), record.offset());
                }
            }
        }
        return true;
    }
}
