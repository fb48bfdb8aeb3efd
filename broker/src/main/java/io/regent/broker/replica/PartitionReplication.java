package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.utils.ExponentialBackoff;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Applies what a leader answered for one partition to the follower's log: appends, truncates, or starts again elsewhere.
 * Called by one fetcher thread. Nothing is done to a replica that has left the leader epoch of the fetch.
 */
final class PartitionReplication {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionReplication.class);

    /** How often each pause is taken before a longer one: whoever writes waits until the leader knows of its role. */
    private static final int PAUSES_EACH = 3;

    /** So many in a row take about a tenth of a second. */
    private static final int LASTING_FAILURES = 2 * PAUSES_EACH;

    private final LeaderEndpoint leader;
    private final PartitionContext context;
    private final ExponentialBackoff backoff;

    PartitionReplication(LeaderEndpoint leader, PartitionContext context, ExponentialBackoff backoff) {
        this.leader = leader;
        this.context = context;
        this.backoff = backoff;
    }

    /**
     * Begins to follow. A log whose records tell no leader epochs can be compared with the leader's only up to the high
     * watermark, so it is cut there.
     *
     * @throws FencedLeaderEpochException when the replica has left that epoch already
     */
    FetchState begin(Partition partition, PartitionLog log, FetchTarget target) {
        if (log.latestEpoch().isEmpty() && log.logEndOffset() > log.highWatermark()) {
            ownLog(partition, target.leaderEpoch()).truncateTo(log.highWatermark());
        }
        return FetchState.start(target, log);
    }

    private FollowerLog ownLog(Partition partition, int leaderEpoch) {
        return new FollowerLog(partition, context.logs(), leaderEpoch);
    }

    /** @return where to fetch next; empty when this partition is not to be fetched any more */
    Optional<FetchState> apply(Partition partition, FetchState state, FetchResponseData.PartitionData data) {
        Errors error = Errors.forCode(data.errorCode());
        try {
            return switch (error) {
                case NONE ->
                    FetchResponse.isDivergingEpoch(data)
                            ? truncate(partition, state, data.divergingEpoch())
                            : append(partition, state, data);
                case OFFSET_OUT_OF_RANGE -> restart(partition, state);
                // The leader is ahead of us: the controller's request that makes us follow it again is on its way.
                case FENCED_LEADER_EPOCH -> Optional.of(state.parked());
                default -> {
                    // Usual while a new leader has not heard of its role; told once where that takes long.
                    LOG.atLevel(state.failures() == LASTING_FAILURES ? Level.INFO : Level.DEBUG)
                            .log(
                                    "Broker {} answered {} for {} at offset {}",
                                    leader.node().id(),
                                    error,
                                    partition.topicPartition(),
                                    state.offset());
                    yield retry(state);
                }
            };
        } catch (FencedLeaderEpochException e) {
            return Optional.empty();
        } catch (KafkaStorageException e) {
            LOG.error("Following {} ends: its log directory failed", partition.topicPartition(), e);
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.error("Following {} at offset {} failed; trying again", partition.topicPartition(), state.offset(), e);
            return retry(state);
        }
    }

    private Optional<FetchState> retry(FetchState state) {
        long pauseMs = backoff.backoff(state.failures() / PAUSES_EACH);
        return Optional.of(state.failed(context.time().milliseconds() + pauseMs));
    }

    private Optional<FetchState> append(Partition partition, FetchState state, FetchResponseData.PartitionData data) {
        PartitionLog log = partition.log().orElseThrow(partition::notLeader);
        if (log.logEndOffset() != state.offset()) {
            LOG.warn("{} was fetched from offset {}, but ends at {}", partition, state.offset(), log.logEndOffset());
            return Optional.of(state.at(log.logEndOffset(), FetchState.latestEpoch(log)));
        }
        MemoryRecords records = (MemoryRecords) FetchResponse.recordsOrFail(data);
        FollowerLog.Replicated replicated =
                ownLog(partition, state.leaderEpoch()).replicate(records, data.highWatermark(), data.logStartOffset());
        if (replicated.highWatermarkChanged()) {
            // Consumers may read from a follower too (KIP-392).
            context.operations().checkFetches(partition.topicPartition());
        }
        context.throttles().fetched(log, FetchResponse.recordsSize(data));
        LogAppendInfo info = replicated.info();
        if (info.validBytes() <= 0) {
            return Optional.of(
                    state.at(log.logEndOffset(), state.lastFetchedEpoch()).seeing(data.highWatermark()));
        }
        Optional<Integer> epoch = info.lastLeaderEpoch().isPresent()
                ? Optional.of(info.lastLeaderEpoch().getAsInt())
                : state.lastFetchedEpoch();
        return Optional.of(state.at(info.lastOffset() + 1, epoch).seeing(data.highWatermark()));
    }

    private Optional<FetchState> truncate(
            Partition partition, FetchState state, FetchResponseData.EpochEndOffset diverging) {
        PartitionLog log = partition.log().orElseThrow(partition::notLeader);
        OffsetAndEpoch leaderEnd = new OffsetAndEpoch(diverging.endOffset(), diverging.epoch());
        long offset = Truncation.offset(
                leaderEnd, log.endOffsetForEpoch(diverging.epoch()), log.logEndOffset(), state.offset());
        LOG.info(
                "Truncating {} from {} to {}: the leader's epoch {} ends at {}",
                partition.topicPartition(),
                log.logEndOffset(),
                offset,
                diverging.epoch(),
                diverging.endOffset());
        if (offset < log.highWatermark()) {
            LOG.warn(
                    "Truncation of {} to {} goes below its high watermark {}",
                    partition.topicPartition(),
                    offset,
                    log.highWatermark());
        }
        ownLog(partition, state.leaderEpoch()).truncateTo(offset);
        return Optional.of(state.at(log.logEndOffset(), FetchState.latestEpoch(log)));
    }

    /** The leader's log does not reach our end (an unclean election) or has moved beyond it (retention). */
    private Optional<FetchState> restart(Partition partition, FetchState state) throws IOException {
        PartitionLog log = partition.log().orElseThrow(partition::notLeader);
        TopicPartition topicPartition = partition.topicPartition();
        long end = log.logEndOffset();
        long leaderEnd = leader.listOffset(topicPartition, state.leaderEpoch(), ListOffsetsRequest.LATEST_TIMESTAMP);
        if (leaderEnd < end) {
            LOG.warn("Truncating {} from {} to the leader's end {}", topicPartition, end, leaderEnd);
            ownLog(partition, state.leaderEpoch()).truncateTo(leaderEnd);
        } else {
            long leaderStart =
                    leader.listOffset(topicPartition, state.leaderEpoch(), ListOffsetsRequest.EARLIEST_TIMESTAMP);
            if (leaderStart > end) {
                LOG.warn("Starting {} anew at the leader's start {}: it ended at {}", topicPartition, leaderStart, end);
                ownLog(partition, state.leaderEpoch()).truncateFullyAndStartAt(leaderStart);
            }
        }
        return Optional.of(state.at(log.logEndOffset(), FetchState.latestEpoch(log)));
    }
}
