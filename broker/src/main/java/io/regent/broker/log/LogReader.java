package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.FileRecords.LogOffsetPosition;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.OffsetPosition;

/**
 * Reads slices of a log's segment files. Any thread may call it, without a lock. It never copies record bytes: what it
 * returns are file slices.
 */
final class LogReader {
    private final SegmentStore store;

    LogReader(SegmentStore store) {
        this.store = store;
    }

    /**
     * Records from {@code startOffset} up to {@code bound}.
     *
     * @param maxLength bytes; with {@code minOneMessage} the first batch comes whole even if it is longer
     * @throws OffsetOutOfRangeException when the offset is below the first segment or above the log end
     */
    FetchDataInfo read(
            long startOffset,
            int maxLength,
            boolean minOneMessage,
            LogOffsetMetadata bound,
            boolean includeAbortedTransactions) {
        return store.onDisk("reading", () -> {
            store.requireOpen();
            LogOffsetMetadata end = store.end();
            Optional<LogSegment> first = store.segments().floorSegment(startOffset);
            if (startOffset > end.messageOffset || first.isEmpty()) {
                throw new OffsetOutOfRangeException("Offset " + startOffset + " of " + store.topicPartition()
                        + " is out of range: the log ends at " + end.messageOffset);
            }
            if (startOffset >= bound.messageOffset) {
                LogOffsetMetadata at = startOffset == bound.messageOffset ? bound : metadataFor(startOffset);
                return empty(at, includeAbortedTransactions);
            }
            return readForward(first, startOffset, maxLength, minOneMessage, bound, includeAbortedTransactions);
        });
    }

    // Compaction may have emptied the rest of a segment, so the record at or after the offset may be in a later one.
    private FetchDataInfo readForward(
            Optional<LogSegment> first,
            long startOffset,
            int maxLength,
            boolean minOneMessage,
            LogOffsetMetadata bound,
            boolean includeAbortedTransactions)
            throws IOException {
        Optional<LogSegment> next = first;
        while (next.isPresent()) {
            LogSegment segment = next.get();
            Optional<LogOffsetPosition> start = store.locate(segment, startOffset);
            if (start.isPresent()) {
                FetchDataInfo found =
                        slice(segment, startOffset, start.get(), maxLength, minOneMessage, maxPosition(segment, bound));
                return includeAbortedTransactions ? withAbortedTransactions(startOffset, segment, found) : found;
            }
            next = store.segments().higherSegment(segment.baseOffset());
        }
        return empty(store.end(), includeAbortedTransactions);
    }

    /** As the segment itself reads, but from a place that is known. */
    private static FetchDataInfo slice(
            LogSegment segment,
            long startOffset,
            LogOffsetPosition start,
            int maxLength,
            boolean minOneMessage,
            Optional<Long> maxPosition)
            throws IOException {
        LogOffsetMetadata at = new LogOffsetMetadata(startOffset, segment.baseOffset(), start.position);
        int length = minOneMessage ? Math.max(maxLength, start.size) : maxLength;
        if (maxPosition.isEmpty() || length == 0) {
            return new FetchDataInfo(at, MemoryRecords.EMPTY);
        }
        int available = (int) (maxPosition.get() - start.position);
        FileRecords records = segment.log().slice(start.position, Math.min(available, length));
        return new FetchDataInfo(at, records, length < start.size, Optional.empty());
    }

    /** Where reading must stop in this segment; empty when the bound is below it or its position is not known. */
    private static Optional<Long> maxPosition(LogSegment segment, LogOffsetMetadata bound) {
        if (segment.baseOffset() < bound.segmentBaseOffset) {
            return Optional.of((long) segment.size());
        }
        if (segment.baseOffset() == bound.segmentBaseOffset && !bound.messageOffsetOnly()) {
            return Optional.of((long) bound.relativePositionInSegment);
        }
        return Optional.empty();
    }

    private static FetchDataInfo empty(LogOffsetMetadata at, boolean includeAbortedTransactions) {
        return new FetchDataInfo(
                at, MemoryRecords.EMPTY, false, includeAbortedTransactions ? Optional.of(List.of()) : Optional.empty());
    }

    /**
     * The segment and position of an offset.
     *
     * @throws OffsetOutOfRangeException when the log does not hold it
     */
    LogOffsetMetadata metadataFor(long offset) {
        return read(offset, 1, false, store.end(), false).fetchOffsetMetadata;
    }

    /** Like {@link #metadataFor}, or the bare offset when the log does not hold it. */
    LogOffsetMetadata metadataOrBare(long offset) {
        try {
            return metadataFor(offset);
        } catch (OffsetOutOfRangeException e) {
            return new LogOffsetMetadata(offset);
        }
    }

    private FetchDataInfo withAbortedTransactions(long startOffset, LogSegment segment, FetchDataInfo found)
            throws IOException {
        OffsetPosition from = new OffsetPosition(
                found.fetchOffsetMetadata.messageOffset, found.fetchOffsetMetadata.relativePositionInSegment);
        long upperBound = segment.fetchUpperBoundOffset(from, found.records.sizeInBytes())
                .orElseGet(() -> store.segments()
                        .higherSegment(segment.baseOffset())
                        .map(LogSegment::baseOffset)
                        .orElse(store.endOffset()));
        List<FetchResponseData.AbortedTransaction> aborted = collect(startOffset, upperBound, segment).stream()
                .map(AbortedTxn::asAbortedTransaction)
                .toList();
        return new FetchDataInfo(
                found.fetchOffsetMetadata, found.records, found.firstEntryIncomplete, Optional.of(aborted));
    }

    /**
     * Aborted transactions that the segments from {@code baseOffset} up to {@code upperBound} know of, also those that
     * ended before {@code baseOffset}: the cleaner rebuilds the transaction index of whole segments.
     */
    List<AbortedTxn> abortedTransactions(long logStartOffset, long baseOffset, long upperBound) {
        return store.segments()
                .floorSegment(baseOffset)
                .map(segment -> collect(logStartOffset, upperBound, segment))
                .orElse(List.of());
    }

    private List<AbortedTxn> collect(long startOffset, long upperBound, LogSegment first) {
        List<AbortedTxn> all = new ArrayList<>();
        Iterator<LogSegment> later =
                store.segments().higherSegments(first.baseOffset()).iterator();
        LogSegment segment = first;
        while (segment != null) {
            var result = segment.collectAbortedTxns(startOffset, upperBound);
            all.addAll(result.abortedTransactions);
            segment = !result.isComplete && later.hasNext() ? later.next() : null;
        }
        return all;
    }
}
