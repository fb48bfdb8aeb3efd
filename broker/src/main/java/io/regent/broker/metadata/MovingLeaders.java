package io.regent.broker.metadata;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Holds back, for a moment, an answer that would send a client to a leader that is probably dying.
 *
 * <p>A client asks for the leaders at the very moment its connection to one of them breaks. Answered at once, it learns
 * what it knows already, and a Java client then backs off, longer each time (KIP-580); answered a moment later, it learns
 * the new leaders. The price is that other answers on its connection, which leave in order, are held back as well, at most
 * {@link #PATIENCE_MS}. Any thread may call it; none waits.
 */
public final class MovingLeaders {
    /** Longer than leaders take to move; a client that is kept waiting any longer had better ask another broker. */
    static final long PATIENCE_MS = 500;

    /** How often it looks whether a suspect has turned out to live, which no news of the controller's tells. */
    private static final long LOOK_MS = 50;

    private final MetadataCache metadata;
    private final IntPredicate suspect;
    private final long patienceMs;

    /** @param suspect whether a broker may have died a moment ago; soon false again, whatever becomes of it */
    public MovingLeaders(MetadataCache metadata, IntPredicate suspect) {
        this(metadata, suspect, PATIENCE_MS);
    }

    MovingLeaders(MetadataCache metadata, IntPredicate suspect, long patienceMs) {
        this.metadata = metadata;
        this.suspect = suspect;
        this.patienceMs = patienceMs;
    }

    /**
     * Waits while a partition of these topics is led by a suspect.
     *
     * @param topics names the topics; asked again when the cluster has changed
     * @return completes at once when there is nothing to wait for, else on a thread of its own; it never fails
     */
    public CompletableFuture<Void> settled(Supplier<Collection<String>> topics) {
        return settled(topics, patienceMs);
    }

    private CompletableFuture<Void> settled(Supplier<Collection<String>> topics, long leftMs) {
        if (leftMs <= 0 || !isMoving(metadata.current(), topics)) {
            return CompletableFuture.completedFuture(null);
        }
        // The controller's thread, which brings the news, must not be kept by describing them to many clients.
        return metadata.await(now -> !isMoving(now, topics), LOOK_MS)
                .thenComposeAsync(now -> settled(topics, leftMs - LOOK_MS));
    }

    private boolean isMoving(MetadataSnapshot now, Supplier<Collection<String>> topics) {
        return topics.get().stream()
                .map(now::topic)
                .flatMap(Optional::stream)
                .flatMap(TopicMetadata::partitions)
                .anyMatch(partition -> partition.hasLeader() && suspect.test(partition.leader()));
    }
}
