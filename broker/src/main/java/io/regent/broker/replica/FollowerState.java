package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.OptionalLong;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;

/**
 * How far a follower has come, as its leader saw it in the follower's fetches. Immutable.
 *
 * @param logStartOffset -1 before its first fetch
 * @param lastFetchLeaderEndOffset where the leader's log ended at the last fetch
 * @param lastFetchMs when the last fetch came
 * @param lastCaughtUpMs the latest time at which the follower is known to have held all that the leader held
 * @param brokerEpoch which life of the broker fetched, as its Fetch said (-1 when it did not say)
 */
record FollowerState(
        long logStartOffset,
        LogOffsetMetadata endOffset,
        long lastFetchLeaderEndOffset,
        long lastFetchMs,
        long lastCaughtUpMs,
        OptionalLong brokerEpoch) {

    static final long UNKNOWN_OFFSET = -1;

    static final FollowerState UNKNOWN =
            new FollowerState(UNKNOWN_OFFSET, LogOffsetMetadata.UNKNOWN_OFFSET_METADATA, 0, 0, 0, OptionalLong.empty());

    /** One fetch of the follower, seen by the leader. */
    record Fetched(LogOffsetMetadata offset, long logStartOffset, long nowMs, long leaderEndOffset, long brokerEpoch) {}

    long endOffsetValue() {
        return endOffset.messageOffset;
    }

    boolean isCaughtUp(long leaderEndOffset, long nowMs, long lagTimeMaxMs) {
        return leaderEndOffset == endOffsetValue() || nowMs - lastCaughtUpMs <= lagTimeMaxMs;
    }

    /**
     * A fetch at the leader's end shows the follower caught up now; one at or beyond where the leader's log ended at
     * the fetch before shows that it was caught up then.
     */
    FollowerState after(Fetched fetch) {
        long caughtUpMs = lastCaughtUpMs;
        if (fetch.offset().messageOffset >= fetch.leaderEndOffset()) {
            caughtUpMs = Math.max(lastCaughtUpMs, fetch.nowMs());
        } else if (fetch.offset().messageOffset >= lastFetchLeaderEndOffset) {
            caughtUpMs = Math.max(lastCaughtUpMs, lastFetchMs);
        }
        return new FollowerState(
                fetch.logStartOffset(),
                fetch.offset(),
                Math.max(fetch.leaderEndOffset(), lastFetchLeaderEndOffset),
                fetch.nowMs(),
                caughtUpMs,
                OptionalLong.of(fetch.brokerEpoch()));
    }

    /** The same in a copy of the leader's log: its offset lies at another position there. */
    FollowerState in(PartitionLog copy) {
        return endOffsetValue() < 0
                ? this
                : new FollowerState(
                        logStartOffset,
                        copy.offsetMetadata(endOffsetValue()),
                        lastFetchLeaderEndOffset,
                        lastFetchMs,
                        lastCaughtUpMs,
                        brokerEpoch);
    }

    /**
     * At the start of a leader epoch. A follower in the ISR gets the whole lag time to show itself; another must fetch
     * before it counts, so that it does not hold the high watermark back.
     */
    FollowerState atNewEpoch(boolean newLeader, boolean inIsr, long leaderEndOffset, long nowMs) {
        long baseMs = inIsr ? nowMs : 0;
        return newLeader
                ? new FollowerState(
                        UNKNOWN_OFFSET,
                        LogOffsetMetadata.UNKNOWN_OFFSET_METADATA,
                        UNKNOWN_OFFSET,
                        0,
                        baseMs,
                        OptionalLong.empty())
                : new FollowerState(logStartOffset, endOffset, leaderEndOffset, baseMs, baseMs, brokerEpoch);
    }
}
