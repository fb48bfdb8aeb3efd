package io.regent.cli.drill;

import java.util.Optional;

/**
 * A cluster that a drill may torment: one of its own, or anybody's.
 *
 * <p>One thread at a time, but {@link #close()} may come from another when the drill is interrupted.
 */
interface ClusterUnderTest extends AutoCloseable {
    /** What it is, for a person to read. */
    String description();

    /** What a client is given to find it. */
    String bootstrap();

    /** Its ZooKeeper, where it has one that the drill may look into. */
    Optional<String> zooKeeper();

    /**
     * Ends a broker's process at once, without any chance to say goodbye; returns what it did, for a person to read.
     *
     * @throws io.regent.cli.CommandFailure when that cannot be done
     */
    String kill(Endpoint victim);

    boolean canRestart();

    /** Starts a killed broker again; does not wait until it serves. */
    String restart(Endpoint victim);

    /** Leaves nothing behind of what the drill itself started. */
    @Override
    void close();
}
