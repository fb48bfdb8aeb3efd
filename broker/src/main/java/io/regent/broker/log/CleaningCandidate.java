package io.regent.broker.log;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;

/**
 * What there is to clean in one log: offsets from {@code firstDirty} up to {@code firstUncleanable}. Immutable; any
 * thread may make one. It changes nothing.
 *
 * @param firstDirty the first offset that was never cleaned
 * @param firstUncleanable where cleaning must stop: at the active segment, the last stable offset, or records younger
 *     than min.compaction.lag.ms
 * @param cleanBytes bytes below {@code firstDirty}
 * @param dirtyBytes bytes between the two
 * @param overdue whether a record is older than max.compaction.lag.ms (KIP-354)
 */
record CleaningCandidate(
        PartitionLog log, long firstDirty, long firstUncleanable, long cleanBytes, long dirtyBytes, boolean overdue) {

    static CleaningCandidate of(PartitionLog log, OptionalLong cleanedTo, long nowMs) throws IOException {
        LogConfig config = log.config();
        LogSegments segments = log.store().segments();
        long firstDirty = firstDirty(log, cleanedTo);
        Collection<LogSegment> inactive = List.copyOf(segments.nonActiveLogSegmentsFrom(firstDirty));
        long bound = Math.min(log.lastStableOffset(), segments.activeSegment().baseOffset());
        bound = Math.min(bound, firstTooYoung(inactive, nowMs - Math.max(config.compactionLagMs, 0)));
        bound = Math.max(bound, firstDirty);
        long firstUncleanable = segments.nonActiveLogSegmentsFrom(bound).stream()
                .findFirst()
                .orElseGet(segments::activeSegment)
                .baseOffset();
        long dirtyFrom = Math.min(firstDirty, firstUncleanable);
        return new CleaningCandidate(
                log,
                firstDirty,
                firstUncleanable,
                LogSegments.sizeInBytes(segments.values(0, firstDirty)),
                LogSegments.sizeInBytes(segments.values(dirtyFrom, firstUncleanable)),
                isOverdue(inactive, nowMs - Math.max(config.maxCompactionLagMs, 0)));
    }

    /** A checkpoint outside the log, as after damage, means that all of it must be cleaned. */
    private static long firstDirty(PartitionLog log, OptionalLong cleanedTo) {
        long checkpoint = cleanedTo.orElse(log.logStartOffset());
        boolean valid = checkpoint >= log.logStartOffset() && checkpoint <= log.logEndOffset();
        return valid ? checkpoint : log.logStartOffset();
    }

    private static long firstTooYoung(Collection<LogSegment> segments, long youngestMs) throws IOException {
        for (LogSegment segment : segments) {
            if (segment.largestTimestamp() > youngestMs) {
                return segment.baseOffset();
            }
        }
        return Long.MAX_VALUE;
    }

    private static boolean isOverdue(Collection<LogSegment> segments, long oldestMs) {
        return segments.stream()
                .mapToLong(LogSegment::getFirstBatchTimestamp)
                .anyMatch(timestamp -> timestamp > 0 && timestamp < oldestMs);
    }

    double dirtyRatio() {
        long total = cleanBytes + dirtyBytes;
        return total == 0 ? 0 : (double) dirtyBytes / total;
    }

    /** Whether min.cleanable.dirty.ratio or max.compaction.lag.ms asks for a pass now. */
    boolean isDue() {
        return dirtyBytes > 0 && (overdue || dirtyRatio() > log.config().minCleanableRatio);
    }
}
