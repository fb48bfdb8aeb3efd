package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * Where a follower stands with one partition. Immutable.
 *
 * @param lastFetchedEpoch the leader epoch of the last record held, by which the leader finds out where logs part
 * @param failures in a row
 * @param notBeforeMs when it may be fetched again
 * @param lagging whether the leader's high watermark is, or may be, beyond what is held
 */
record FetchState(
        Optional<Uuid> topicId,
        int leaderEpoch,
        long offset,
        Optional<Integer> lastFetchedEpoch,
        int failures,
        long notBeforeMs,
        boolean lagging) {

    static FetchState start(FetchTarget target, PartitionLog log) {
        return new FetchState(target.topicId(), target.leaderEpoch(), log.logEndOffset(), latestEpoch(log), 0, 0, true);
    }

    static Optional<Integer> latestEpoch(PartitionLog log) {
        return log.latestEpoch().isPresent() ? Optional.of(log.latestEpoch().getAsInt()) : Optional.empty();
    }

    FetchState at(long nextOffset, Optional<Integer> epoch) {
        return new FetchState(topicId, leaderEpoch, nextOffset, epoch, 0, 0, lagging);
    }

    /** @param againMs when it may be tried again */
    FetchState failed(long againMs) {
        return new FetchState(topicId, leaderEpoch, offset, lastFetchedEpoch, failures + 1, againMs, lagging);
    }

    /** After a fetch that told the leader's high watermark. */
    FetchState seeing(long leaderHighWatermark) {
        return new FetchState(
                topicId, leaderEpoch, offset, lastFetchedEpoch, failures, notBeforeMs, offset < leaderHighWatermark);
    }

    /** Nothing but a new leader epoch can help. */
    FetchState parked() {
        return new FetchState(topicId, leaderEpoch, offset, lastFetchedEpoch, failures, Long.MAX_VALUE, lagging);
    }
}
