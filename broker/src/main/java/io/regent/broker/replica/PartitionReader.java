package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.Optional;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.FetchParams;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;
import org.apache.kafka.storage.internals.log.LogReadInfo;

/**
 * Reads one partition's log for a client or a follower, in the leader epoch that the reader believes in. Any thread may
 * use it. It changes nothing but what the leader knows of the follower that fetches.
 */
final class PartitionReader {
    private final Partition partition;

    PartitionReader(Partition partition) {
        this.partition = partition;
    }

    /** How much one read may take. */
    record Limits(int maxBytes, boolean minOneMessage) {
        /** The reader hears of offsets only. */
        static final Limits NO_RECORDS = new Limits(0, false);
    }

    /**
     * Reads records, or finds that the reader's log has diverged from this one.
     *
     * @param recordProgress whether a follower's fetch counts: once per request, not when a waiting fetch is read again
     * @throws org.apache.kafka.common.errors.ApiException for epochs and offsets that do not fit
     */
    LogReadInfo read(
            FetchParams params, FetchRequest.PartitionData wanted, Limits limits, boolean recordProgress, long nowMs) {
        if (!params.isFromFollower()) {
            return partition.underRead(
                    () -> readLog(logFor(wanted.currentLeaderEpoch, params.fetchOnlyLeader()), params, wanted, limits));
        }
        record Result(PartitionLog log, Optional<LeaderState> leader, LogReadInfo read) {}
        Result result = partition.underRead(() -> {
            PartitionLog log = logFor(wanted.currentLeaderEpoch, params.fetchOnlyLeader());
            requireFollower(params.replicaId, wanted);
            return new Result(log, partition.leaderState(), readLog(log, params, wanted, limits));
        });
        boolean diverged = result.read.divergingEpoch.isPresent();
        if (recordProgress && !diverged && result.leader.isPresent()) {
            partition.onFollowerFetch(
                    result.leader.get(),
                    params.replicaId,
                    new FollowerState.Fetched(
                            result.read.fetchedData.fetchOffsetMetadata,
                            wanted.logStartOffset,
                            nowMs,
                            result.read.logEndOffset,
                            params.replicaEpoch),
                    result.log);
        }
        return result.read;
    }

    /** The bounds of the log for a reader in {@code currentLeaderEpoch}; errors as of {@link #read}. */
    LogOffsetSnapshot offsets(Optional<Integer> currentLeaderEpoch, boolean onlyLeader) {
        return partition.underRead(() -> logFor(currentLeaderEpoch, onlyLeader).offsetSnapshot());
    }

    /**
     * The log, if the caller's leader epoch is ours.
     *
     * @throws org.apache.kafka.common.errors.ApiException FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH or
     *     NOT_LEADER_OR_FOLLOWER
     */
    PartitionLog logFor(Optional<Integer> currentLeaderEpoch, boolean onlyLeader) {
        Errors error = epochError(currentLeaderEpoch);
        if (error != Errors.NONE) {
            throw error.exception(partition.topicPartition() + " is in leader epoch " + partition.leaderEpoch()
                    + " here, not " + currentLeaderEpoch.orElseThrow());
        }
        return (onlyLeader ? partition.leaderLog() : partition.log()).orElseThrow(partition::notLeader);
    }

    private Errors epochError(Optional<Integer> currentLeaderEpoch) {
        int difference = currentLeaderEpoch
                .map(epoch -> Integer.compare(epoch, partition.leaderEpoch()))
                .orElse(0);
        return difference < 0 ? Errors.FENCED_LEADER_EPOCH : difference > 0 ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NONE;
    }

    private void requireFollower(int replicaId, FetchRequest.PartitionData wanted) {
        if (!partition.followers().containsKey(replicaId)) {
            // Same epoch on both sides, so a reassignment that we have not heard of may have added it: it tries again.
            Errors error =
                    wanted.currentLeaderEpoch.isPresent() ? Errors.UNKNOWN_LEADER_EPOCH : Errors.NOT_LEADER_OR_FOLLOWER;
            throw error.exception("Broker " + replicaId + " is no replica of " + partition.topicPartition()
                    + " in leader epoch " + partition.leaderEpoch());
        }
    }

    private LogReadInfo readLog(
            PartitionLog log, FetchParams params, FetchRequest.PartitionData wanted, Limits limits) {
        // Taken before the read: what is appended meanwhile must not make the follower look as if it lagged.
        Bounds bounds =
                new Bounds(log.highWatermark(), log.logStartOffset(), log.logEndOffset(), log.lastStableOffset());
        if (wanted.lastFetchedEpoch.isPresent()) {
            Optional<FetchResponseData.EpochEndOffset> diverging =
                    divergence(log, wanted.lastFetchedEpoch.get(), wanted.fetchOffset, bounds.logStart);
            if (diverging.isPresent()) {
                return bounds.readInfo(FetchDataInfo.empty(wanted.fetchOffset), diverging);
            }
        }
        FetchIsolation isolation = params.isolation;
        FetchDataInfo data = log.read(wanted.fetchOffset, limits.maxBytes, isolation, limits.minOneMessage);
        return bounds.readInfo(data, Optional.empty());
    }

    private record Bounds(long highWatermark, long logStart, long logEnd, long lastStable) {
        LogReadInfo readInfo(FetchDataInfo data, Optional<FetchResponseData.EpochEndOffset> diverging) {
            return new LogReadInfo(data, diverging, highWatermark, logStart, logEnd, lastStable);
        }
    }

    /** Where the reader's log parts from ours, if its last epoch is unknown here or ended below its offset (KIP-595). */
    static Optional<FetchResponseData.EpochEndOffset> divergence(
            PartitionLog log, int lastFetchedEpoch, long fetchOffset, long logStartOffset) {
        OffsetAndEpoch end = log.endOffsetForEpoch(lastFetchedEpoch)
                .orElseThrow(() -> new OffsetOutOfRangeException(
                        "Leader epoch " + lastFetchedEpoch + " of " + log.topicPartition() + " is not known here"));
        if (fetchOffset < logStartOffset) {
            throw new OffsetOutOfRangeException("Offset " + fetchOffset + " of " + log.topicPartition()
                    + " is out of range: the log starts at " + logStartOffset);
        }
        boolean diverges = end.leaderEpoch() < lastFetchedEpoch || end.offset() < fetchOffset;
        return diverges
                ? Optional.of(new FetchResponseData.EpochEndOffset()
                        .setEpoch(end.leaderEpoch())
                        .setEndOffset(end.offset()))
                : Optional.empty();
    }

    /** OffsetsForLeaderEpoch: the largest epoch here up to the one asked for, and where it ends (KIP-101, KIP-279). */
    EpochEndOffset lastOffsetForLeaderEpoch(Optional<Integer> currentLeaderEpoch, int leaderEpoch, boolean onlyLeader) {
        EpochEndOffset answer =
                new EpochEndOffset().setPartition(partition.topicPartition().partition());
        return partition.underRead(() -> {
            Errors error = epochError(currentLeaderEpoch);
            Optional<PartitionLog> log = onlyLeader ? partition.leaderLog() : partition.log();
            if (error != Errors.NONE || log.isEmpty()) {
                return answer.setErrorCode((error != Errors.NONE ? error : Errors.NOT_LEADER_OR_FOLLOWER).code());
            }
            log.get()
                    .endOffsetForEpoch(leaderEpoch)
                    .ifPresent(end -> answer.setLeaderEpoch(end.leaderEpoch()).setEndOffset(end.offset()));
            return answer;
        });
    }
}
