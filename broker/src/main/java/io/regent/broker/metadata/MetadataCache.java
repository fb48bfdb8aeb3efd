package io.regent.broker.metadata;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.requests.UpdateMetadataRequest;

/**
 * Holds the newest snapshot of the cluster. Any thread may call it: readers take {@link #current()} once and work on
 * that, updates are one at a time. It never asks the controller for anything and checks no epoch: whoever calls
 * {@link #update} has done so.
 */
public final class MetadataCache {
    /** Hears of every update, on the thread that brought it, after the new snapshot is in place. */
    @FunctionalInterface
    public interface Listener {
        void onUpdate(MetadataSnapshot now, Set<TopicPartition> deleted);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final boolean forgetsEarlierReigns;
    private int controllerEpoch = -1;
    private volatile MetadataSnapshot current = MetadataSnapshot.EMPTY;

    private MetadataCache(boolean forgetsEarlierReigns) {
        this.forgetsEarlierReigns = forgetsEarlierReigns;
    }

    /** The cache of a broker, which every controller tells what has changed. */
    public MetadataCache() {
        this(false);
    }

    /** The cache of a node that is told only while it rules: what it knew in an earlier reign may be gone by now. */
    public static MetadataCache ofOneReign() {
        return new MetadataCache(true);
    }

    /** The newest snapshot. Take it once for one piece of work: two calls may differ. */
    public MetadataSnapshot current() {
        return current;
    }

    /** Listeners must not block: they hold up the controller's request. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** @return the partitions that the request deleted */
    public synchronized Set<TopicPartition> update(UpdateMetadataRequest request) {
        boolean anew = forgetsEarlierReigns && request.controllerEpoch() > controllerEpoch;
        controllerEpoch = request.controllerEpoch();
        SnapshotUpdate update = new SnapshotUpdate(anew ? MetadataSnapshot.EMPTY : current);
        MetadataSnapshot next = update.apply(request);
        current = next;
        waits.forEach(wait -> wait.check(next));
        listeners.forEach(listener -> listener.onUpdate(next, update.deleted()));
        return update.deleted();
    }

    /**
     * Waits until every given partition has a leader, as CreateTopics does before it answers.
     *
     * @param timeoutMs how long to wait at most; 0 or less looks once
     * @return the partitions that still have none when the wait ends: empty when all have. It never fails.
     */
    public CompletableFuture<Set<TopicPartition>> awaitLeaders(Collection<TopicPartition> partitions, long timeoutMs) {
        Set<TopicPartition> wanted = Set.copyOf(partitions);
        return await(now -> missing(wanted, now).isEmpty(), timeoutMs).thenApply(now -> missing(wanted, now));
    }

    private static Set<TopicPartition> missing(Set<TopicPartition> partitions, MetadataSnapshot now) {
        return partitions.stream()
                .filter(partition -> now.partition(partition)
                        .filter(PartitionMetadata::hasLeader)
                        .isEmpty())
                .collect(Collectors.toSet());
    }

    /**
     * Waits until what the controller has announced fulfils a condition.
     *
     * @param timeoutMs how long to wait at most; 0 or less looks once
     * @return the newest snapshot when the wait ends, whether or not it fulfils the condition. It never fails.
     */
    public CompletableFuture<MetadataSnapshot> await(Predicate<MetadataSnapshot> condition, long timeoutMs) {
        Wait wait = new Wait(condition, new CompletableFuture<>());
        waits.add(wait);
        wait.check(current);
        if (timeoutMs <= 0) {
            wait.done.complete(null);
        }
        return wait.done
                .completeOnTimeout(null, Math.max(timeoutMs, 0), TimeUnit.MILLISECONDS)
                .thenApply(ignored -> {
                    waits.remove(wait);
                    return current;
                });
    }

    /** Bounded by the requests in flight, each of which has its own timeout. */
    private record Wait(Predicate<MetadataSnapshot> condition, CompletableFuture<Void> done) {
        void check(MetadataSnapshot now) {
            if (condition.test(now)) {
                done.complete(null);
            }
        }
    }
}
