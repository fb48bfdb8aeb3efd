package io.regent.controller.zk;

import java.util.Optional;

/**
 * The one ZooKeeper session of a node, and the next one when it expires.
 *
 * <p>Each session is a new life, and whoever holds something in ZooKeeper learns of it as a {@link Listener}. Listeners
 * are called on the session's thread, in the order in which they were added. While ZooKeeper is away the session is kept
 * and not given up: only ZooKeeper says when it has expired, so that a restart of ZooKeeper costs nobody his reign.
 */
public interface ZkSession {

    /** What happens to the session. Called on the session's thread. */
    interface Listener {
        /** A session has begun: nothing of an earlier one stands any more, or will not for long. */
        void began(ZkHandle handle);

        /** The same session is connected again; what was on its way when the connection was lost has failed. */
        default void reconnected(ZkHandle handle) {}

        /** The connection is lost; the session may live on. */
        default void suspended() {}

        /** The session is over. {@link #began} follows when ZooKeeper can be reached. */
        default void expired() {}
    }

    /** Adds a listener, which misses nothing that happens from now on. Any thread. */
    void addListener(Listener listener);

    /** Removes a listener. Any thread. */
    void removeListener(Listener listener);

    /** The handle of the session that lives; empty before the first and between two. Session's thread only. */
    Optional<ZkHandle> handle();

    /** Whether the session lives and has a connection. Session's thread only. */
    boolean isConnected();

    /** The thread on which all of this happens. */
    SessionThread thread();

    /** How ZooKeeper is reached. */
    ZkSettings settings();
}
