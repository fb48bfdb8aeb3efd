package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.FileRecords.LogOffsetPosition;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateManager;

/**
 * Brings producer state to an offset from the newest snapshot below it and the records after that. Called while a log
 * loads, or under the partition log's lock. It never changes the log itself, nor waits for the disk: a snapshot that a
 * crash tears is told by its checksum, and closing the log forces the newest one.
 */
final class ProducerStateLoader {
    private static final int CHUNK_BYTES = 256 * 1024;

    private final LogSegments segments;
    private final Time time;

    ProducerStateLoader(LogSegments segments, Time time) {
        this.segments = segments;
        this.time = time;
    }

    /**
     * Rebuilds the state as of {@code lastOffset}.
     *
     * @param cleanWithoutSnapshots the log was closed cleanly; then the absence of any snapshot means that it never had
     *     a producer worth remembering, and nothing is scanned
     */
    void rebuild(ProducerStateManager producers, long logStartOffset, long lastOffset, boolean cleanWithoutSnapshots)
            throws IOException {
        Set<Long> snapshotOffsets = snapshotOffsets(lastOffset);
        if (cleanWithoutSnapshots && producers.latestSnapshotOffset().isEmpty()) {
            for (long offset : snapshotOffsets.stream().sorted().toList()) {
                producers.updateMapEndOffset(offset);
                snapshot(producers);
            }
            return;
        }
        boolean nobodyToForget = producers.isEmpty() && producers.mapEndOffset() >= lastOffset;
        producers.truncateAndReload(logStartOffset, lastOffset, time.milliseconds());
        if (lastOffset > producers.mapEndOffset() && !nobodyToForget) {
            for (LogSegment segment : List.copyOf(segments.values(producers.mapEndOffset(), lastOffset))) {
                scan(producers, segment, logStartOffset, lastOffset, snapshotOffsets.contains(segment.baseOffset()));
            }
        }
        producers.updateMapEndOffset(lastOffset);
        snapshot(producers);
    }

    /** Snapshots at the last two segments and the end, so that a later truncation need not scan everything. */
    private Set<Long> snapshotOffsets(long lastOffset) {
        Set<Long> offsets = new HashSet<>();
        offsets.add(lastOffset);
        segments.lastSegment().ifPresent(last -> {
            offsets.add(last.baseOffset());
            segments.lowerSegment(last.baseOffset()).ifPresent(lower -> offsets.add(lower.baseOffset()));
        });
        return offsets;
    }

    private static void snapshot(ProducerStateManager producers) throws IOException {
        Optional<File> unused = producers.takeSnapshot(false);
    }

    private void scan(
            ProducerStateManager producers,
            LogSegment segment,
            long logStartOffset,
            long lastOffset,
            boolean snapshotFirst)
            throws IOException {
        long from = Math.max(Math.max(segment.baseOffset(), producers.mapEndOffset()), logStartOffset);
        producers.updateMapEndOffset(from);
        if (snapshotFirst) {
            snapshot(producers);
        }
        LogOffsetPosition start = segment.translateOffset(from);
        if (start != null) {
            load(producers, segment.log(), start.position, endPosition(segment, lastOffset));
        }
    }

    /** Whoever writes to the log may wait for this: the file is read in large pieces, and not batch by batch. */
    private static void load(ProducerStateManager producers, FileRecords file, int start, int end) throws IOException {
        SegmentChunks chunks = new SegmentChunks(Math.clamp(end - start, 1, CHUNK_BYTES), bytes -> {});
        int position = start;
        while (position < end) {
            MemoryRecords batches = chunks.readWhole(file, position);
            int length = Math.min(batches.validBytes(), end - position);
            if (length == 0) {
                return;
            }
            load(producers, BatchChecks.trimmed(batches, length));
            position += length;
        }
    }

    private int endPosition(LogSegment segment, long lastOffset) throws IOException {
        boolean holdsLastOffset = segments.floorSegment(lastOffset)
                .filter(floor -> floor.baseOffset() == segment.baseOffset())
                .isPresent();
        LogOffsetPosition position = holdsLastOffset ? segment.translateOffset(lastOffset) : null;
        return position == null ? segment.size() : position.position;
    }

    private static void load(ProducerStateManager producers, Records records) {
        Map<Long, ProducerAppendInfo> loaded = new HashMap<>();
        List<CompletedTxn> completed = new ArrayList<>();
        for (RecordBatch batch : records.batches()) {
            if (batch.hasProducerId()) {
                loaded.computeIfAbsent(batch.producerId(), id -> producers.prepareUpdate(id, AppendOrigin.REPLICATION))
                        .append(batch, Optional.empty())
                        .ifPresent(completed::add);
            }
        }
        loaded.values().forEach(producers::update);
        completed.forEach(producers::completeTxn);
    }
}
