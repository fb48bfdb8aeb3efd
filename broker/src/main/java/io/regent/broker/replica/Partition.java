package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LeaderHwChange;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * This broker's replica of one partition: leader or follower, in which leader epoch, over which log.
 *
 * <p>Any thread may call it. Changes of role take its write lock; appends, reads and truncations take the read lock and
 * check the leader epoch under it, so that nothing of an earlier epoch can touch the log after a change. Requests that
 * wait are completed outside the lock. It never talks to the network.
 */
public final class Partition {
    private static final int NO_LEADER = -1;
    private static final int NO_EPOCH = -1;

    private final TopicPartition topicPartition;
    private final PartitionContext context;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final IsrChanges isrChanges;
    private final List<PartitionListener> listeners = new CopyOnWriteArrayList<>();

    private volatile Optional<PartitionLog> log = Optional.empty();
    private volatile Optional<LeaderState> leader = Optional.empty();
    private volatile Assignment assignment = Assignment.NONE;
    private volatile int leaderId = NO_LEADER;
    private volatile int leaderEpoch = NO_EPOCH;
    private volatile int followedPartitionEpoch = NO_EPOCH;

    Partition(TopicPartition topicPartition, PartitionContext context) {
        this.topicPartition = topicPartition;
        this.context = context;
        this.isrChanges = new IsrChanges(context, topicPartition, lock.writeLock());
    }

    public TopicPartition topicPartition() {
        return topicPartition;
    }

    public Optional<PartitionLog> log() {
        return log;
    }

    /** The log, if this broker leads the partition. */
    public Optional<PartitionLog> leaderLog() {
        return leader.map(LeaderState::log);
    }

    public Optional<Uuid> topicId() {
        return log.or(() -> context.logs().getLog(topicPartition)).flatMap(PartitionLog::topicId);
    }

    public boolean isLeader() {
        return leader.isPresent();
    }

    public OptionalInt leaderId() {
        return leaderId == NO_LEADER ? OptionalInt.empty() : OptionalInt.of(leaderId);
    }

    /** -1 before the first LeaderAndIsr. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    public int partitionEpoch() {
        return leader.map(LeaderState::partitionEpoch).orElse(followedPartitionEpoch);
    }

    /** The ISR that the controller confirmed; empty on a follower. */
    public Set<Integer> isr() {
        return leader.map(state -> state.isr().isr()).orElse(Set.of());
    }

    public boolean isReassigning() {
        return assignment.isReassigning();
    }

    boolean isAdding(int brokerId) {
        return assignment.isAdding(brokerId);
    }

    public boolean isUnderReplicated() {
        return leader.map(state -> state.isr().isr().size() < assignment.replicationFactor())
                .orElse(false);
    }

    public boolean isUnderMinIsr() {
        return leader.map(LeaderState::isUnderMinIsr).orElse(false);
    }

    public boolean isAtMinIsr() {
        return leader.map(LeaderState::isAtMinIsr).orElse(false);
    }

    int producerIdCount() {
        return log.map(present -> present.producers().active().size()).orElse(0);
    }

    Map<Integer, FollowerState> followers() {
        return leader.map(LeaderState::followers).orElse(Map.of());
    }

    Optional<LeaderState> leaderState() {
        return leader;
    }

    /** @return false when there is no log to listen to */
    boolean addListener(PartitionListener listener) {
        return underRead(() -> log.isPresent() && listeners.add(listener));
    }

    void removeListener(PartitionListener listener) {
        listeners.remove(listener);
    }

    /**
     * Leads the partition in the given epoch, from the log's end on. The high watermark is kept.
     *
     * @return whether the leader epoch is a new one
     */
    boolean makeLeader(LeaderAndIsrPartitionState state, LogSource source) {
        boolean[] raised = new boolean[1];
        boolean isNewEpoch = underWrite(() -> {
            boolean newEpoch = state.leaderEpoch() > leaderEpoch;
            if (!newEpoch && (leader.isEmpty() || state.partitionEpoch() <= partitionEpoch())) {
                return false;
            }
            PartitionLog own = openLog(source);
            assignment = new Assignment(state.replicas(), state.addingReplicas(), state.removingReplicas());
            if (newEpoch) {
                lead(own, state);
            } else {
                LeaderState same = leader.orElseThrow();
                same.assign(state.replicas());
                same.commit(Set.copyOf(state.isr()), state.partitionEpoch());
            }
            raised[0] = leader.orElseThrow().maybeIncrementHighWatermark();
            return newEpoch;
        });
        if (raised[0]) {
            context.operations().checkAndCompleteAll(topicPartition);
        }
        return isNewEpoch;
    }

    private void lead(PartitionLog own, LeaderAndIsrPartitionState state) {
        // Elections may follow one another so fast that a follower has records of an epoch in which this log got none:
        // knowing where each epoch began, even an empty one, is what lets it truncate rightly (KIP-279).
        own.assignEpochStartOffset(state.leaderEpoch(), own.logEndOffset());
        var start = new LeaderState.Start(
                state.leaderEpoch(), own.logEndOffset(), state.partitionEpoch(), Set.copyOf(state.isr()));
        leader = Optional.of(LeaderState.begin(context, own, start, state.replicas(), leader));
        leaderEpoch = state.leaderEpoch();
        leaderId = context.brokerId();
    }

    /** Follows the given leader. @return whether the leader epoch is a new one, so that fetching must start afresh */
    boolean makeFollower(LeaderAndIsrPartitionState state, LogSource source) {
        return underWrite(() -> {
            boolean newEpoch = state.leaderEpoch() > leaderEpoch;
            if (!newEpoch && state.partitionEpoch() <= partitionEpoch()) {
                return false;
            }
            openLog(source);
            leader.ifPresent(LeaderState::retire);
            leader = Optional.empty();
            assignment = new Assignment(state.replicas(), state.addingReplicas(), state.removingReplicas());
            leaderId = state.leader();
            leaderEpoch = state.leaderEpoch();
            followedPartitionEpoch = state.partitionEpoch();
            return newEpoch;
        });
    }

    /** Where the partition's log comes from when the replica does not have it open. */
    interface LogSource {
        PartitionLog open();
    }

    private PartitionLog openLog(LogSource source) {
        if (log.isEmpty()) {
            adopt(source.open());
        }
        return log.orElseThrow();
    }

    private void adopt(PartitionLog opened) {
        opened.setOffsetsListener(new LogOffsetsListener() {
            @Override
            public void onHighWatermarkUpdated(long offset) {
                listeners.forEach(listener -> listener.onHighWatermarkUpdated(topicPartition, offset));
            }
        });
        log = Optional.of(opened);
    }

    /**
     * Goes on with a copy of the log, if {@code source} has one: nobody appends, reads or truncates while it is asked.
     *
     * @return whether it had one
     */
    boolean replaceLog(Supplier<Optional<PartitionLog>> source) {
        return underWrite(() -> {
            Optional<PartitionLog> copy = log.flatMap(present -> source.get());
            copy.ifPresent(fresh -> {
                adopt(fresh);
                leader.ifPresent(state -> state.continueOn(fresh));
            });
            return copy.isPresent();
        });
    }

    /**
     * Takes in what the controller announced to all brokers. If an answer to an ISR change was lost, or the change was
     * refused for its partition epoch, this is what heals the leader's view (KAFKA-2729).
     */
    void learnIsr(int announcedLeaderEpoch, int announcedPartitionEpoch, List<Integer> isr) {
        Optional<LeaderState> present = leader;
        if (present.isEmpty()
                || present.get().leaderEpoch() != announcedLeaderEpoch
                || present.get().partitionEpoch() >= announcedPartitionEpoch) {
            return;
        }
        boolean raised = underWrite(() -> {
            LeaderState state = leader.orElse(null);
            if (state == null
                    || state.leaderEpoch() != announcedLeaderEpoch
                    || state.partitionEpoch() >= announcedPartitionEpoch) {
                return false;
            }
            state.commit(Set.copyOf(isr), announcedPartitionEpoch);
            return state.maybeIncrementHighWatermark();
        });
        if (raised) {
            context.operations().checkAndCompleteAll(topicPartition);
        }
    }

    /**
     * Appends as the leader. Waiting fetches are woken by the caller.
     *
     * @param requiredAcks -1 when all of the ISR must confirm
     * @throws NotLeaderOrFollowerException when this broker does not lead
     * @throws org.apache.kafka.common.errors.NotEnoughReplicasException when the ISR is too small for acks=all
     */
    LogAppendInfo appendAsLeader(
            MemoryRecords records, AppendOrigin origin, int requiredAcks, VerificationGuard guard) {
        return underRead(() -> {
            LeaderState state = leader.orElseThrow(this::notLeader);
            LogAppendInfo info = state.append(records, origin, requiredAcks, guard);
            return info.copy(state.maybeIncrementHighWatermark() ? LeaderHwChange.INCREASED : LeaderHwChange.SAME);
        });
    }

    NotLeaderOrFollowerException notLeader() {
        return new NotLeaderOrFollowerException(
                "Broker " + context.brokerId() + " does not lead " + topicPartition + " in epoch " + leaderEpoch);
    }

    /** Notes a follower's fetch, which may let it into the ISR, raise the watermark and complete requests. */
    void onFollowerFetch(LeaderState state, int follower, FollowerState.Fetched fetch, PartitionLog readFrom) {
        boolean lowWatermarkWanted = context.operations().deleteRecords().delayed() > 0;
        long lowBefore = lowWatermarkWanted ? state.lowWatermark() : 0;
        boolean moved =
                underRead(() -> !state.isRetired() && state.log() == readFrom && state.fetched(follower, fetch));
        isrChanges.maybeExpand(state, follower);
        boolean raised = moved && underRead(() -> !state.isRetired() && state.maybeIncrementHighWatermark());
        if (raised || (lowWatermarkWanted && state.lowWatermark() > lowBefore)) {
            context.operations().checkAndCompleteAll(topicPartition);
        }
    }

    /** Drops followers from the ISR that lag too long, if this broker leads. */
    void maybeShrinkIsr() {
        leader.ifPresent(isrChanges::maybeShrink);
        settleHighWatermark();
    }

    /** Lets the watermark rise past a follower that was about to join the ISR, and now is dead or hangs. */
    void settleHighWatermark() {
        if (underRead(() -> leader.map(LeaderState::maybeIncrementHighWatermark).orElse(false))) {
            context.operations().checkAndCompleteAll(topicPartition);
        }
    }

    /** What a produce request that waits for {@code requiredOffset} should know. */
    LeaderState.Progress progressTo(long requiredOffset) {
        return leader.map(state -> state.progressTo(requiredOffset))
                .orElse(new LeaderState.Progress(true, Errors.NOT_LEADER_OR_FOLLOWER));
    }

    void markOffline() {
        clear(listener -> listener.onFailed(topicPartition));
    }

    void delete() {
        clear(listener -> listener.onDeleted(topicPartition));
    }

    private void clear(Consumer<PartitionListener> lastWord) {
        underWrite(() -> {
            leader.ifPresent(LeaderState::retire);
            leader = Optional.empty();
            log = Optional.empty();
            assignment = Assignment.NONE;
            leaderId = NO_LEADER;
            listeners.forEach(lastWord);
            listeners.clear();
            return null;
        });
    }

    <T> T underRead(Supplier<T> work) {
        return under(lock.readLock(), work);
    }

    private <T> T underWrite(Supplier<T> work) {
        return under(lock.writeLock(), work);
    }

    private static <T> T under(Lock held, Supplier<T> work) {
        held.lock();
        try {
            return work.get();
        } finally {
            held.unlock();
        }
    }

    @Override
    public String toString() {
        return "Partition(" + topicPartition + ", leader " + leaderId + ", epoch " + leaderEpoch + ", ISR " + isr()
                + ")";
    }
}
