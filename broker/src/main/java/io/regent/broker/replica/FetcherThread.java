package io.regent.broker.replica;

import io.regent.broker.log.PartitionLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.utils.ExponentialBackoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from one broker, over and over, what this broker follows there.
 *
 * <p>The thread owns its partitions' states; others hand it changes, which it takes in before each fetch. A fetch that
 * is parked at the leader for want of data does not hold up partitions that were assigned meanwhile: it is given up and
 * asked again with them, since a new leader's writes wait for its followers. Nor is one parked for longer than the pauses of
 * those partitions that failed last. Pauses concern this broker only.
 */
final class FetcherThread implements PartitionFetcher, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FetcherThread.class);

    /** The first pause after an error: the new leader often learns of its role a few milliseconds after us. */
    private static final long FIRST_PAUSE_MS = 10;

    /** A fetch that is answered this soon is not worth giving up. */
    private static final long GRACE_MS = 10;

    /** Between two fetches given up, at least this, and more when a fetch is costly to build again. */
    private static final long GIVE_UP_PAUSE_MS = 50;

    private static final int PARTITIONS_PER_PAUSE_MS = 100;

    /** While all that lags is throttled: a fraction of a second's traffic passes before it is looked at again. */
    private static final long THROTTLE_PAUSE_MS = 50;

    private final LeaderEndpoint leader;
    private final Function<TopicPartition, Optional<Partition>> partitions;
    private final PartitionReplication replication;
    private final PartitionContext context;
    private final ExponentialBackoff backoff;
    private final Nudge nudge = new Nudge();
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);

    private final Map<TopicPartition, FetchState> states = new LinkedHashMap<>();
    private int failuresOfSource;
    private long gaveUpMs;

    // Guarded by this. Bounded by what the controller sends between two fetches.
    private final List<Runnable> changes = new ArrayList<>();
    private boolean assignedMeanwhile;
    private volatile boolean closed;

    FetcherThread(
            String name,
            LeaderEndpoint leader,
            Function<TopicPartition, Optional<Partition>> partitions,
            PartitionContext context) {
        this.leader = leader;
        this.partitions = partitions;
        this.context = context;
        this.backoff = new ExponentialBackoff(
                FIRST_PAUSE_MS, 2, context.settings().fetchers().backoffMs(), 0);
        this.replication = new PartitionReplication(leader, context, backoff);
        this.thread = new Thread(this, name);
        thread.setDaemon(true);
    }

    /** Makes fetchers that run. */
    static ReplicaFetchers.FetcherFactory factory(PartitionContext context, PartitionRegistry partitions) {
        return (source, index) -> {
            String name = "ReplicaFetcherThread-" + index + "-" + source.id();
            ReplicaSettings settings = context.settings();
            BlockingSender sender = new BlockingSender(
                    "broker-" + settings.brokerId() + "-fetcher-" + index,
                    settings.interBrokerListener(),
                    settings.fetchers().socketTimeoutMs(),
                    context.time());
            FetcherThread fetcher =
                    new FetcherThread(name, new LeaderEndpoint(source, sender, context), partitions::find, context);
            fetcher.thread.start();
            return fetcher;
        };
    }

    @Override
    public void assign(Map<TopicPartition, FetchTarget> targets) {
        change(true, () -> targets.forEach(this::begin));
    }

    @Override
    public void remove(Collection<TopicPartition> removed) {
        change(false, () -> removed.forEach(states::remove));
    }

    private void change(boolean urgent, Runnable change) {
        synchronized (this) {
            changes.add(change);
            assignedMeanwhile |= urgent;
        }
        nudge.give();
        leader.wakeup();
    }

    private void begin(TopicPartition topicPartition, FetchTarget target) {
        FetchState known = states.get(topicPartition);
        if (known != null && known.leaderEpoch() == target.leaderEpoch()) {
            return;
        }
        Optional<Partition> partition = partitions.apply(topicPartition);
        Optional<PartitionLog> log = partition.flatMap(Partition::log);
        if (log.isEmpty()) {
            states.remove(topicPartition);
            return;
        }
        try {
            states.put(topicPartition, replication.begin(partition.get(), log.get(), target));
        } catch (FencedLeaderEpochException e) {
            // A newer order of the controller's is on its way to this thread.
            states.remove(topicPartition);
        } catch (RuntimeException e) {
            LOG.error("{} cannot be fetched from {}", topicPartition, target, e);
            states.remove(topicPartition);
        }
    }

    @Override
    public void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leader.close();
            ended.countDown();
        }
    }

    private void turn() throws InterruptedException {
        takeChanges();
        long nowMs = context.time().milliseconds();
        Map<TopicPartition, FetchState> ready = ready(nowMs);
        if (ready.isEmpty()) {
            nudge.await(untilNextReady(nowMs));
            return;
        }
        try {
            Map<TopicPartition, FetchResponseData.PartitionData> answer =
                    leader.fetch(ready, untilNextRetryMs(nowMs), this::remainingMs);
            sourceAnswered();
            answer.forEach((partition, data) -> apply(partition, data));
        } catch (BlockingSender.AbandonedException e) {
            gaveUpMs = context.time().milliseconds();
        } catch (IOException | RuntimeException e) {
            sourceFailed(e);
        }
    }

    private void sourceAnswered() {
        if (failuresOfSource > 0) {
            LOG.info("Fetching from {} works again after {} failures", leader.node(), failuresOfSource);
            failuresOfSource = 0;
        }
    }

    private void sourceFailed(Exception e) throws InterruptedException {
        if (closed) {
            return;
        }
        failuresOfSource++;
        if (failuresOfSource == 1) {
            LOG.warn("Fetching from {} failed and is tried again: {}", leader.node(), e.getMessage());
        } else {
            LOG.debug("Fetching from {} failed {} times", leader.node(), failuresOfSource, e);
        }
        nudge.await(backoff.backoff(failuresOfSource - 1));
    }

    private void apply(TopicPartition topicPartition, FetchResponseData.PartitionData data) {
        FetchState state = states.get(topicPartition);
        Optional<Partition> partition = partitions.apply(topicPartition);
        if (state == null || partition.isEmpty()) {
            states.remove(topicPartition);
            return;
        }
        replication
                .apply(partition.get(), state, data)
                .ifPresentOrElse(next -> states.put(topicPartition, next), () -> states.remove(topicPartition));
    }

    private void takeChanges() {
        nudge.seen();
        List<Runnable> taken;
        synchronized (this) {
            taken = List.copyOf(changes);
            changes.clear();
            assignedMeanwhile = false;
        }
        taken.forEach(Runnable::run);
    }

    private Map<TopicPartition, FetchState> ready(long nowMs) {
        Map<TopicPartition, FetchState> ready = LinkedHashMap.newLinkedHashMap(states.size());
        states.forEach((partition, state) -> {
            if (state.notBeforeMs() <= nowMs && !isHeldBack(partition, state)) {
                ready.put(partition, state);
            }
        });
        return ready;
    }

    private boolean isHeldBack(TopicPartition topicPartition, FetchState state) {
        return state.lagging()
                && partitions
                        .apply(topicPartition)
                        .flatMap(Partition::log)
                        .map(context.throttles()::holdsBackFetching)
                        .orElse(false);
    }

    /** How long no partition that pauses after an error is due again. */
    private long untilNextRetryMs(long nowMs) {
        return states.values().stream()
                        .mapToLong(FetchState::notBeforeMs)
                        .filter(due -> due > nowMs)
                        .min()
                        .orElse(Long.MAX_VALUE)
                - nowMs;
    }

    /** @param nowMs when none was ready: those whose time had come by then are held back by the throttle */
    private long untilNextReady(long nowMs) {
        long next = states.values().stream()
                .mapToLong(state -> state.notBeforeMs() <= nowMs ? nowMs + THROTTLE_PAUSE_MS : state.notBeforeMs())
                .min()
                .orElse(Long.MAX_VALUE);
        return next == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(1, next - context.time().milliseconds());
    }

    /** How long the fetch under way may still wait for its answer. */
    private long remainingMs(long sentMs) {
        if (closed) {
            return 0;
        }
        synchronized (this) {
            if (!assignedMeanwhile) {
                return Long.MAX_VALUE;
            }
        }
        long pauseMs = Math.max(GIVE_UP_PAUSE_MS, states.size() / PARTITIONS_PER_PAUSE_MS);
        return Math.max(sentMs + GRACE_MS, gaveUpMs + pauseMs) - context.time().milliseconds();
    }

    @Override
    public void initiateClose() {
        closed = true;
        change(false, () -> {});
    }

    @Override
    public void awaitClose(long timeoutMs) throws InterruptedException {
        if (!ended.await(timeoutMs, TimeUnit.MILLISECONDS)) {
            LOG.warn("Fetcher {} did not end within {} ms", thread.getName(), timeoutMs);
            thread.interrupt();
        }
    }
}
