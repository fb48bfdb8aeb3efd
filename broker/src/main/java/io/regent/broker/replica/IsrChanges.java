package io.regent.broker.replica;

import io.regent.broker.replica.AlterPartitionChannel.Confirmed;
import io.regent.broker.replica.AlterPartitionChannel.Member;
import io.regent.broker.replica.AlterPartitionChannel.Proposal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proposes changes of one partition's ISR to the controller, one at a time, and takes in the answers.
 *
 * <p>Any thread may call it, without the partition's lock: the change is put in place under the write lock and sent
 * outside of it, since an answer may complete requests. Whatever the answer, either the state is settled, or the same
 * proposal goes out again, or newer state from the controller is certain to come; it never stays under way for nothing
 * (KAFKA-12751, KAFKA-2729).
 */
final class IsrChanges {
    private static final Logger LOG = LoggerFactory.getLogger(IsrChanges.class);

    /** Between tries when the controller failed at one partition for a reason it did not name. */
    private static final long RETRY_MS = 50;

    private final PartitionContext context;
    private final TopicPartition partition;
    private final Lock writeLock;

    IsrChanges(PartitionContext context, TopicPartition partition, Lock writeLock) {
        this.context = context;
        this.partition = partition;
        this.writeLock = writeLock;
    }

    private record Sent(LeaderState leader, IsrState.Pending change, Proposal proposal) {}

    /** Proposes to take the follower in, if it is in sync and not in already. */
    void maybeExpand(LeaderState leader, int follower) {
        if (mayJoin(leader, follower)) {
            underWriteLock(() -> mayJoin(leader, follower) && leader.isr() instanceof IsrState.Committed committed
                            ? Optional.of(prepare(leader, committed.expandBy(follower)))
                            : Optional.<Sent>empty())
                    .ifPresent(this::send);
        }
    }

    private boolean mayJoin(LeaderState leader, int follower) {
        FollowerState state = leader.followers().get(follower);
        return state != null
                && !leader.isRetired()
                && !leader.isr().isInFlight()
                && !leader.isr().isr().contains(follower)
                && context.mayJoinIsr(follower)
                && IsrPolicy.isInSync(state, leader.view());
    }

    /** Proposes to drop the followers that lag too long. */
    void maybeShrink(LeaderState leader) {
        if (!outOfSync(leader).isEmpty()) {
            underWriteLock(() -> prepareShrink(leader)).ifPresent(this::send);
        }
    }

    private Set<Integer> outOfSync(LeaderState leader) {
        return leader.isRetired() || leader.isr().isInFlight()
                ? Set.of()
                : IsrPolicy.outOfSync(
                        leader.isr().isr(),
                        context.brokerId(),
                        leader.followers(),
                        leader.view(),
                        context.settings().lagTimeMaxMs());
    }

    private Optional<Sent> prepareShrink(LeaderState leader) {
        Set<Integer> lagging = outOfSync(leader);
        if (lagging.isEmpty() || !(leader.isr() instanceof IsrState.Committed committed)) {
            return Optional.empty();
        }
        LOG.info(
                "Shrinking the ISR {} of {} by {}, which lag behind log end {} and high watermark {}",
                committed.isr(),
                partition,
                lagging,
                leader.log().logEndOffset(),
                leader.log().highWatermark());
        return Optional.of(prepare(leader, committed.shrinkBy(lagging)));
    }

    private Sent prepare(LeaderState leader, IsrState.Pending change) {
        leader.propose(change);
        Uuid topicId = leader.log().topicId().orElse(Uuid.ZERO_UUID);
        Proposal proposal = new Proposal(
                new TopicIdPartition(topicId, partition),
                leader.leaderEpoch(),
                leader.partitionEpoch(),
                change.proposed().stream()
                        .sorted()
                        .map(id -> new Member(id, brokerEpoch(leader, id)))
                        .toList());
        return new Sent(leader, change, proposal);
    }

    private long brokerEpoch(LeaderState leader, int member) {
        if (member == context.brokerId()) {
            return context.brokerEpoch().getAsLong();
        }
        FollowerState state = leader.followers().get(member);
        return state == null ? -1 : state.brokerEpoch().orElse(-1);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // both outcomes are taken in
    private void send(Sent sent) {
        context.isrChanges().alter(sent.proposal).whenComplete((confirmed, failure) -> {
            if (failure == null) {
                confirmed(sent, confirmed);
            } else {
                refused(sent, Errors.forException(unwrapped(failure)));
            }
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return Errors.maybeUnwrapException(failure);
    }

    private void confirmed(Sent sent, Confirmed confirmed) {
        boolean raised = underWriteLock(() -> {
            if (overtaken(sent) || confirmed.leaderEpoch() != sent.leader.leaderEpoch()) {
                return false;
            }
            // The same epoch means that the ISR was so already: that settles the change too.
            sent.leader.commit(confirmed.isr(), confirmed.partitionEpoch());
            context.metrics().isrChanged(sent.change);
            LOG.info(
                    "The ISR of {} is {} as of partition epoch {}",
                    partition,
                    confirmed.isr(),
                    confirmed.partitionEpoch());
            return sent.leader.maybeIncrementHighWatermark();
        });
        completeIf(raised);
    }

    private void completeIf(boolean raised) {
        if (raised) {
            context.operations().checkAndCompleteAll(partition);
        }
    }

    private static boolean overtaken(Sent sent) {
        return sent.leader.isRetired() || sent.leader.isr() != sent.change;
    }

    private void refused(Sent sent, Errors error) {
        context.metrics().isrUpdateFailed();
        boolean again = underWriteLock(() -> !overtaken(sent) && settleRefusal(sent, error));
        if (again) {
            context.operations().later(RETRY_MS, () -> sendAgain(sent));
        } else {
            // Whoever was not let in may have held the watermark back, and may never fetch again.
            completeIf(underWriteLock(() -> !sent.leader.isRetired() && sent.leader.maybeIncrementHighWatermark()));
        }
    }

    private void sendAgain(Sent sent) {
        if (!overtaken(sent)) {
            send(sent);
        }
    }

    /** @return whether to send the same proposal again */
    private boolean settleRefusal(Sent sent, Errors error) {
        return switch (error) {
            // The controller knows these epochs and did not act: what was committed before still holds.
            case OPERATION_NOT_ATTEMPTED, INELIGIBLE_REPLICA -> {
                sent.leader.withdraw(sent.change);
                LOG.info(
                        "The controller refused to change the ISR of {} to {}: {}",
                        partition,
                        sent.change.proposed(),
                        error);
                yield false;
            }
            // Our epochs are old. The change may have been made or not, so the maximal ISR stays in force until the
            // newer state, which the controller sends in LeaderAndIsr or UpdateMetadata, takes the place of this one.
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    FENCED_LEADER_EPOCH,
                    INVALID_UPDATE_VERSION,
                    INVALID_REQUEST,
                    NEW_LEADER_ELECTED -> {
                LOG.info("ISR change of {} to {} waits for newer state: {}", partition, sent.change.proposed(), error);
                yield false;
            }
            default -> {
                LOG.warn("ISR change of {} to {} failed, trying again: {}", partition, sent.change.proposed(), error);
                yield true;
            }
        };
    }

    private <T> T underWriteLock(Supplier<T> work) {
        writeLock.lock();
        try {
            return work.get();
        } finally {
            writeLock.unlock();
        }
    }
}
