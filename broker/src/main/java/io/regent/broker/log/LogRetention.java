package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;

/**
 * Decides which leading segments of a log are retired. Called under the partition log's lock. It never removes
 * anything, and never names a segment at or above the high watermark, so that the log start cannot pass it.
 */
enum LogRetention {
    /** Segments wholly below the log start offset. */
    LOG_START {
        @Override
        List<LogSegment> retired(SegmentStore store, Watermarks watermarks) throws IOException {
            return prefix(store, watermarks, (segment, end, active) -> !active && end <= watermarks.logStartOffset());
        }
    },

    /** The oldest segments that retention.bytes has no room for. */
    SIZE {
        @Override
        List<LogSegment> retired(SegmentStore store, Watermarks watermarks) throws IOException {
            long limitBytes = store.config().retentionSize;
            if (limitBytes < 0) {
                return List.of();
            }
            long[] excessBytes = {store.segments().sizeInBytes() - limitBytes};
            return prefix(store, watermarks, (segment, end, active) -> {
                excessBytes[0] -= segment.size();
                return excessBytes[0] >= 0;
            });
        }
    },

    /** Segments whose newest record is older than retention.ms. */
    TIME {
        @Override
        List<LogSegment> retired(SegmentStore store, Watermarks watermarks) throws IOException {
            long retentionMs = store.config().retentionMs;
            if (retentionMs < 0) {
                return List.of();
            }
            long nowMs = store.environment().time().milliseconds();
            return prefix(
                    store, watermarks, (segment, end, active) -> nowMs - segment.largestTimestamp() > retentionMs);
        }
    };

    /** Whether a segment, which ends before {@code endOffset}, is retired. */
    @FunctionalInterface
    interface Rule {
        boolean retires(LogSegment segment, long endOffset, boolean active) throws IOException;
    }

    abstract List<LogSegment> retired(SegmentStore store, Watermarks watermarks) throws IOException;

    /** The rules that cleanup.policy asks for; the log start always counts. */
    static List<LogRetention> rulesOf(LogConfig config) {
        return config.delete ? List.of(LOG_START, SIZE, TIME) : List.of(LOG_START);
    }

    private static List<LogSegment> prefix(SegmentStore store, Watermarks watermarks, Rule rule) throws IOException {
        List<LogSegment> retired = new ArrayList<>();
        Iterator<LogSegment> rest = List.copyOf(store.segments().values()).iterator();
        LogSegment segment = rest.next();
        while (segment != null) {
            LogSegment next = rest.hasNext() ? rest.next() : null;
            boolean active = next == null;
            long endOffset = active ? store.endOffset() : next.baseOffset();
            boolean emptyActive = active && segment.size() == 0;
            if (emptyActive || watermarks.highWatermark() < endOffset || !rule.retires(segment, endOffset, active)) {
                break;
            }
            retired.add(segment);
            segment = next;
        }
        return retired;
    }
}
