package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import io.regent.broker.replica.IsrPolicy.LeaderView;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a leader knows in one leader epoch: its followers, the ISR and the change of it that is under way.
 *
 * <p>{@link Partition} owns it, and calls it under its lock as each method says. It never answers a client and never
 * sends anything: {@link IsrChanges} does. A new leader epoch makes a new one; an answer that comes for an old one finds
 * it retired and is dropped.
 */
final class LeaderState {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderState.class);

    /** How a reign over the partition begins. */
    record Start(int leaderEpoch, long epochStartOffset, int partitionEpoch, Set<Integer> isr) {}

    private final PartitionContext context;
    private volatile PartitionLog log;
    private final Start start;
    private final ConcurrentHashMap<Integer, FollowerState> followers = new ConcurrentHashMap<>();
    private volatile IsrState isr;
    private volatile int partitionEpoch;
    private volatile boolean retired;

    private LeaderState(PartitionContext context, PartitionLog log, Start start) {
        this.context = context;
        this.log = log;
        this.start = start;
        this.isr = new IsrState.Committed(start.isr());
        this.partitionEpoch = start.partitionEpoch();
    }

    /**
     * Begins an epoch. A leader that is elected again keeps what it knows of its followers' positions.
     *
     * @param before this broker's state as leader in the epoch before, if it led
     */
    static LeaderState begin(
            PartitionContext context,
            PartitionLog log,
            Start start,
            Collection<Integer> replicas,
            Optional<LeaderState> before) {
        LeaderState next = new LeaderState(context, log, start);
        long nowMs = context.time().milliseconds();
        for (int replica : replicas) {
            if (replica != context.brokerId()) {
                FollowerState old =
                        before.map(state -> state.followers.get(replica)).orElse(FollowerState.UNKNOWN);
                next.followers.put(
                        replica,
                        old.atNewEpoch(
                                before.isEmpty(), start.isr().contains(replica), start.epochStartOffset(), nowMs));
            }
        }
        before.ifPresent(LeaderState::retire);
        return next;
    }

    /** Under the write lock: leads from a copy of the log, in which the followers' offsets lie at other positions. */
    void continueOn(PartitionLog copy) {
        log = copy;
        followers.replaceAll((id, state) -> state.in(copy));
    }

    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    int leaderEpoch() {
        return start.leaderEpoch();
    }

    long epochStartOffset() {
        return start.epochStartOffset();
    }

    int partitionEpoch() {
        return partitionEpoch;
    }

    IsrState isr() {
        return isr;
    }

    PartitionLog log() {
        return log;
    }

    Map<Integer, FollowerState> followers() {
        return followers;
    }

    /** Under the write lock: puts a change under way in place of the committed ISR. */
    void propose(IsrState.Pending change) {
        isr = change;
    }

    /** Under the write lock: takes a change back that the controller certainly did not make. */
    void withdraw(IsrState.Pending change) {
        isr = change.committed();
    }

    /** Under the write lock: the controller says that this ISR holds, as of this partition epoch. */
    void commit(Set<Integer> confirmed, int epoch) {
        isr = new IsrState.Committed(confirmed);
        partitionEpoch = epoch;
    }

    /** Under the write lock: the replicas changed within the epoch. */
    void assign(Collection<Integer> replicas) {
        followers.keySet().removeIf(id -> !replicas.contains(id));
        for (int replica : replicas) {
            if (replica != context.brokerId()) {
                followers.putIfAbsent(replica, FollowerState.UNKNOWN);
            }
        }
    }

    int minIsr() {
        return Math.min(log.config().minInSyncReplicas, followers.size() + 1);
    }

    boolean isUnderMinIsr() {
        return isr.isr().size() < minIsr();
    }

    boolean isAtMinIsr() {
        return isr.isr().size() == minIsr();
    }

    LeaderView view() {
        return new LeaderView(
                log.logEndOffsetMetadata(),
                log.highWatermark(),
                start.epochStartOffset(),
                context.time().milliseconds());
    }

    /**
     * Under the read lock: appends what a producer sent.
     *
     * @throws NotEnoughReplicasException when all replicas are to confirm and too few are in sync; nothing is appended
     */
    LogAppendInfo append(MemoryRecords records, AppendOrigin origin, int requiredAcks, VerificationGuard guard) {
        Set<Integer> inSync = isr.isr();
        if (requiredAcks == -1 && inSync.size() < minIsr()) {
            throw new NotEnoughReplicasException("The ISR " + inSync + " of " + log.topicPartition()
                    + " is smaller than min.insync.replicas asks: " + minIsr());
        }
        return log.appendAsLeader(records, start.leaderEpoch(), origin, guard);
    }

    /** Under the read lock: notes a follower's fetch. @return whether its log end changed */
    boolean fetched(int follower, FollowerState.Fetched fetch) {
        boolean[] moved = new boolean[1];
        followers.computeIfPresent(follower, (id, state) -> {
            FollowerState next = state.after(fetch);
            moved[0] = next.endOffsetValue() != state.endOffsetValue();
            return next;
        });
        return moved[0];
    }

    /** Under the read or write lock: raises the high watermark as far as the ISR has come. @return whether it rose */
    boolean maybeIncrementHighWatermark() {
        if (isUnderMinIsr()) {
            return false;
        }
        LogOffsetMetadata next = IsrPolicy.highWatermark(
                isr, followers, view(), context.settings().lagTimeMaxMs(), context::mayJoinIsr);
        Optional<LogOffsetMetadata> old = log.maybeIncrementHighWatermark(next);
        old.ifPresent(before ->
                LOG.debug("High watermark of {} rose from {} to {}", log.topicPartition(), before, next.messageOffset));
        return old.isPresent();
    }

    /** What a produce request waits for. */
    record Progress(boolean done, Errors error) {}

    /** Whether all that must have an appended record do; {@code requiredOffset} is the one after it. */
    Progress progressTo(long requiredOffset) {
        int inSync = isr.maximalIsr().size();
        if (log.highWatermark() < requiredOffset) {
            return new Progress(false, Errors.NONE);
        }
        return new Progress(true, minIsr() <= inSync ? Errors.NONE : Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    }

    /** The lowest log start among the leader and its live followers: below it no one holds a record. */
    long lowWatermark() {
        long lowest = log.logStartOffset();
        for (Map.Entry<Integer, FollowerState> entry : followers.entrySet()) {
            if (context.metadata().current().isAlive(entry.getKey())) {
                lowest = Math.min(lowest, entry.getValue().logStartOffset());
            }
        }
        return lowest;
    }

    boolean isLedFor(TopicPartition partition) {
        return !retired && log.topicPartition().equals(partition);
    }
}
