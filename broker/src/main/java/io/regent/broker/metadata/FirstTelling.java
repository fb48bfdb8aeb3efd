package io.regent.broker.metadata;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * What a broker that has just started has not been told yet, though it exists: asked for it, such a broker would say that it
 * knows no such topic, and a client that believes it finds a topic empty that is full.
 *
 * <p>The topics that stood in ZooKeeper at the start are expected, each until a controller has told of it, and none for longer
 * than {@link #EXPECTED_MS}: one that nobody can read is never told of. Any thread may call it; none waits.
 */
public final class FirstTelling {
    /** How long an answer is held back: others on its connection, which leave in order, are held back as well. */
    static final long PATIENCE_MS = 2_000;

    static final long EXPECTED_MS = 30_000;

    private final MetadataCache metadata;
    private final LongSupplier nowNanos;
    private final long endNanos;
    private final Set<String> untold = ConcurrentHashMap.newKeySet();

    /** @param topics the names of those that there are at the start */
    public FirstTelling(MetadataCache metadata, Collection<String> topics) {
        this(metadata, topics, System::nanoTime);
    }

    FirstTelling(MetadataCache metadata, Collection<String> topics, LongSupplier nowNanos) {
        this.metadata = metadata;
        this.nowNanos = nowNanos;
        this.endNanos = nowNanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(EXPECTED_MS);
        untold.addAll(topics);
        metadata.addListener(this::told);
    }

    private void told(MetadataSnapshot now, Set<TopicPartition> deleted) {
        if (untold.isEmpty()) {
            return;
        }
        untold.removeAll(deleted.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        untold.removeIf(now::contains);
    }

    /** Whether this topic existed when the broker started, and the broker knows nothing of it yet. */
    public boolean isUntold(String topic) {
        return isUntold(topic, metadata.current());
    }

    private boolean isUntold(String topic, MetadataSnapshot now) {
        return untold.contains(topic) && !now.contains(topic) && isExpected();
    }

    private boolean isExpected() {
        return endNanos - nowNanos.getAsLong() > 0;
    }

    /**
     * Waits while one of these topics is untold, or no broker is known.
     *
     * @return completes at once when there is nothing to wait for; it never fails
     */
    public CompletableFuture<Void> of(Collection<String> topics) {
        if (!isExpected() || isKnown(topics, metadata.current())) {
            return CompletableFuture.completedFuture(null);
        }
        // The controller's thread, which brings the news, must not be kept by describing them to many clients.
        return metadata.await(now -> isKnown(topics, now), PATIENCE_MS).thenAcceptAsync(now -> {});
    }

    /** The same for whatever topics there are. */
    public CompletableFuture<Void> ofAll() {
        return of(untold);
    }

    private boolean isKnown(Collection<String> topics, MetadataSnapshot now) {
        return !now.aliveBrokers().isEmpty() && topics.stream().noneMatch(topic -> isUntold(topic, now));
    }
}
