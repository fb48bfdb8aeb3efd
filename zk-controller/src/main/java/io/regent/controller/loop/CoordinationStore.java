package io.regent.controller.loop;

import io.regent.controller.Reign;
import io.regent.controller.Write;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the loop needs of ZooKeeper. Every call returns at once; what comes of it is told as {@link StoreEvent}s, in the
 * order in which ZooKeeper served it.
 *
 * <p>In particular: what is observed after {@link StoreEvent.Elected} was told is no older than the election, and no
 * commit is told durable before one that was given earlier.
 */
public interface CoordinationStore extends AutoCloseable {

    /** Begins to tell. Called once, before any other call. */
    void start(Consumer<StoreEvent> listener);

    /**
     * Tries to become the controller. Answered by {@link StoreEvent.Elected} and later {@link StoreEvent.Loaded}, or by
     * {@link StoreEvent.Lost}, or by {@link StoreEvent.ContestFailed}, or by {@link StoreEvent.SessionExpired}. A
     * {@code /controller} that this very session holds is taken for one on which nobody rules, and removed first.
     */
    void contest();

    /**
     * Does these writes if the reign still stands: all or none, except that a {@link Write.DeleteTree} may be done in
     * several parts, in order. Answered by {@link StoreEvent.Committed} or {@link StoreEvent.CommitFailed} with this
     * ticket. After one that failed, the later ones of the same reign are never told committed.
     */
    void commit(Reign reign, long ticket, List<Write> writes);

    /** Removes {@code /controller}, if the reign still stands. Not answered; harmless when it does not. */
    void resign(Reign reign);

    /**
     * Removes {@code /controller}, if this broker is still seen to hold it and nobody has raised the epoch since. Not
     * answered: what comes of it is observed. For when the broker's process is found dead; when it lives after all, the
     * epoch fences it.
     */
    void depose(int controllerId);

    /**
     * Removes a broker's registration, if it is still that of this life and the reign stands. Not answered: what comes of
     * it is observed. For when the broker's process is found dead; when it lives after all, it registers again.
     */
    void evict(Reign reign, int brokerId, long brokerEpoch);

    /** Stops telling. */
    @Override
    void close();
}
