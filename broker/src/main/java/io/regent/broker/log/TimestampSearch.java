package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.record.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.storage.internals.epoch.LeaderEpochFileCache;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.TimestampOffset;

/**
 * Finds offsets by timestamp, as ListOffsets asks. Any thread may call it, without a lock. It knows no remote storage:
 * the local log start is the log start.
 */
final class TimestampSearch {
    private final SegmentStore store;
    private final LeaderEpochFileCache epochs;
    private final Watermarks watermarks;

    TimestampSearch(SegmentStore store, LeaderEpochFileCache epochs, Watermarks watermarks) {
        this.store = store;
        this.epochs = epochs;
        this.watermarks = watermarks;
    }

    Optional<TimestampAndOffset> find(long timestamp) throws IOException {
        if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return Optional.of(logStart());
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return Optional.of(bare(store.endOffset(), epochs.latestEpoch()));
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return Optional.of(bare(-1L, OptionalInt.of(RecordBatch.NO_PARTITION_LEADER_EPOCH)));
        }
        return timestamp == ListOffsetsRequest.MAX_TIMESTAMP ? newest() : firstAtOrAfter(timestamp);
    }

    private TimestampAndOffset logStart() {
        long start = watermarks.logStartOffset();
        // The first known epoch may begin later than the log, after an upgrade from an old message format.
        OptionalInt epoch = epochs.earliestEntry()
                .filter(entry -> entry.startOffset <= start)
                .map(entry -> OptionalInt.of(entry.epoch))
                .orElse(OptionalInt.empty());
        return bare(start, epoch);
    }

    private static TimestampAndOffset bare(long offset, OptionalInt epoch) {
        Optional<Integer> boxed = epoch.isPresent() ? Optional.of(epoch.getAsInt()) : Optional.empty();
        return new TimestampAndOffset(RecordBatch.NO_TIMESTAMP, offset, boxed);
    }

    private Optional<TimestampAndOffset> newest() throws IOException {
        LogSegment newest = null;
        for (LogSegment segment : List.copyOf(store.segments().values())) {
            if (newest == null || segment.maxTimestampSoFar() > newest.maxTimestampSoFar()) {
                newest = segment;
            }
        }
        if (newest == null) {
            return Optional.empty();
        }
        TimestampOffset max = newest.readMaxTimestampAndOffsetSoFar();
        int position = newest.offsetIndex().lookup(max.offset).position;
        for (RecordBatch batch : newest.log().batchesFrom(position)) {
            if (batch.maxTimestamp() == max.timestamp) {
                return batch.offsetOfMaxTimestamp()
                        .map(offset -> new TimestampAndOffset(batch.maxTimestamp(), offset, epochOf(batch)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> epochOf(RecordBatch batch) {
        return Optional.of(batch.partitionLeaderEpoch()).filter(epoch -> epoch >= 0);
    }

    private Optional<TimestampAndOffset> firstAtOrAfter(long timestamp) throws IOException {
        for (LogSegment segment : List.copyOf(store.segments().values())) {
            if (segment.largestTimestamp() >= timestamp) {
                return segment.findOffsetByTimestamp(timestamp, watermarks.logStartOffset());
            }
        }
        return Optional.empty();
    }

    /** The starts of segments not newer than {@code timestamp}, and the log end when that is newest; newest first. */
    List<Long> segmentStartsBefore(long timestamp, int maxOffsets) {
        List<LogSegment> segments = List.copyOf(store.segments().values());
        List<Long> starts = new ArrayList<>();
        long nowMs = store.environment().time().milliseconds();
        for (LogSegment segment : segments) {
            if (isBefore(segment.lastModified(), timestamp) || (starts.isEmpty() && isEarliest(timestamp))) {
                starts.add(Math.max(segment.baseOffset(), watermarks.logStartOffset()));
            }
        }
        if (segments.getLast().size() > 0 && isBefore(nowMs, timestamp)) {
            starts.add(store.endOffset());
        }
        return starts.stream()
                .sorted(Comparator.reverseOrder())
                .limit(maxOffsets)
                .toList();
    }

    private static boolean isEarliest(long timestamp) {
        return timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP;
    }

    private static boolean isBefore(long modifiedMs, long timestamp) {
        return timestamp == ListOffsetsRequest.LATEST_TIMESTAMP || (!isEarliest(timestamp) && modifiedMs <= timestamp);
    }
}
