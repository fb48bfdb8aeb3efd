package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Watches other nodes' processes, to learn of a death before ZooKeeper does. Every call returns at once.
 *
 * <p>What it says is an opinion, and may be wrong. Whoever acts on it does so in ZooKeeper, where a node that lives finds
 * out and takes back what is its own.
 */
public interface PeerWatch extends AutoCloseable {

    /** A watch that never says anything: every death waits for its ZooKeeper session. */
    PeerWatch NONE = new PeerWatch() {
        @Override
        public void start(Consumer<Sighting> listener) {}

        @Override
        public void watch(Collection<BrokerRegistration> peers) {}

        @Override
        public void close() {}
    };

    /** What was seen of one life of a node. */
    sealed interface Sighting {
        int brokerId();

        long brokerEpoch();
    }

    /**
     * Nothing runs at a node's address any more, or what runs there does nothing.
     *
     * @param brokerId the node
     * @param brokerEpoch its life that was seen to end
     * @param evidence what was seen, for the log
     */
    record Dead(int brokerId, long brokerEpoch, String evidence) implements Sighting {}

    /** A node that was told to be dead lives: its process only stood still. */
    record Revived(int brokerId, long brokerEpoch) implements Sighting {}

    /** Begins to tell. Called once, before any other call. */
    void start(Consumer<Sighting> listener);

    /** Watches these and no others; one with a new epoch is watched anew. */
    void watch(Collection<BrokerRegistration> peers);

    /**
     * Whether a node may have died a moment ago, which ZooKeeper does not say yet. Soon false again, whatever becomes of
     * it. Any thread.
     */
    default boolean isSuspect(int brokerId) {
        return false;
    }

    /** Whether any node may have died a moment ago. Any thread. */
    default boolean hasSuspects() {
        return false;
    }

    /** Stops watching and telling. */
    @Override
    void close();
}
