package io.regent.broker.log;

import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.record.FileRecords.LogOffsetPosition;
import org.apache.kafka.storage.internals.log.LogSegment;

/**
 * Where the newest appends to a segment begin, so that whoever reads at the end of a log finds his place without searching
 * the file batch by batch. Immutable; each append makes the next one.
 */
final class RecentAppends {
    /** As many as followers and consumers that keep up are behind. */
    private static final int KEPT = 16;

    static final RecentAppends NONE = new RecentAppends(null, new LogOffsetPosition[0]);

    private final LogSegment segment;
    /** Oldest first. */
    private final LogOffsetPosition[] appends;

    private RecentAppends(LogSegment segment, LogOffsetPosition[] appends) {
        this.segment = segment;
        this.appends = appends;
    }

    /**
     * With one more append, the newest.
     *
     * @param append the lowest offset that it may hold, which is above all before it; its position in the file; and the
     *     size of its first batch
     */
    RecentAppends and(LogSegment to, LogOffsetPosition append) {
        if (to != segment) {
            return new RecentAppends(to, new LogOffsetPosition[] {append});
        }
        int dropped = appends.length == KEPT ? 1 : 0;
        LogOffsetPosition[] next = Arrays.copyOfRange(appends, dropped, appends.length + 1);
        next[next.length - 1] = append;
        return new RecentAppends(segment, next);
    }

    /** The newest append of this segment that begins at or below an offset, if it is known here. */
    Optional<LogOffsetPosition> floor(LogSegment of, long offset) {
        if (of == segment) {
            for (int i = appends.length - 1; i >= 0; i--) {
                if (appends[i].offset <= offset) {
                    return Optional.of(appends[i]);
                }
            }
        }
        return Optional.empty();
    }
}
