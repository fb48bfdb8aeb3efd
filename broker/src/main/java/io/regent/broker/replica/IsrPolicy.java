package io.regent.broker.replica;

import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;

/**
 * Decides who belongs to an ISR and how far the high watermark may rise. Pure functions over values; it never changes
 * anything.
 */
final class IsrPolicy {
    private IsrPolicy() {}

    /** What the leader's log says of itself at the moment of a decision. */
    record LeaderView(LogOffsetMetadata endOffset, long highWatermark, long epochStartOffset, long nowMs) {}

    /** The members, other than the leader, that have not caught up for longer than they may. */
    static Set<Integer> outOfSync(
            Set<Integer> isr, int leader, Map<Integer, FollowerState> followers, LeaderView view, long lagTimeMaxMs) {
        return isr.stream()
                .filter(id -> id != leader)
                .filter(id -> {
                    FollowerState state = followers.get(id);
                    return state == null
                            || !state.isCaughtUp(view.endOffset().messageOffset, view.nowMs(), lagTimeMaxMs);
                })
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether a follower has what a member must have: all up to the high watermark, and the start of the leader's
     * epoch, since until the watermark passes that it may be behind what was once committed (KAFKA-7128).
     */
    static boolean isInSync(FollowerState follower, LeaderView view) {
        return follower.endOffsetValue() >= view.highWatermark()
                && follower.endOffsetValue() >= view.epochStartOffset();
    }

    /**
     * The smallest log end among the leader, the maximal ISR and the followers that are about to join it: caught up and
     * {@code eligible}. The watermark never goes back: the log sees to that.
     */
    static LogOffsetMetadata highWatermark(
            IsrState isr,
            Map<Integer, FollowerState> followers,
            LeaderView view,
            long lagTimeMaxMs,
            IntPredicate eligible) {
        LogOffsetMetadata lowest = view.endOffset();
        for (Map.Entry<Integer, FollowerState> entry : followers.entrySet()) {
            FollowerState follower = entry.getValue();
            boolean behind = follower.endOffsetValue() < lowest.messageOffset;
            if (behind
                    && (isr.maximalIsr().contains(entry.getKey())
                            || (follower.isCaughtUp(view.endOffset().messageOffset, view.nowMs(), lagTimeMaxMs)
                                    && eligible.test(entry.getKey())))) {
                lowest = follower.endOffset();
            }
        }
        return lowest;
    }
}
