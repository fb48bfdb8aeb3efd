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
     * {@code /controller} that this very session holds is taken for one on which nobody rules, and replaced.
     */
    void contest();

    /**
     * Contests, and takes the reign from this controller if it holds it: in one step, so that nobody else can come between
     * and no moment is without a controller. Answered as {@link #contest}; {@link StoreEvent.Lost} where yet another
     * holds it. For a node that is preferred; whoever is deposed so is fenced by the epoch.
     */
    void supplant(int controllerId);

    /**
     * Contests, and takes the place of a controller whose process was found dead, if it is still seen to hold
     * {@code /controller} and nobody has raised the epoch since; in one step, which spares a standby two rounds to ZooKeeper
     * before it rules. Answered as {@link #contest}. When the controller lives after all, the epoch fences it.
     */
    void succeed(int controllerId);

    /**
     * Says that the reign is about to have so much written without a pause, before any of it is. A hint, which need not prove
     * right, and is not answered.
     */
    void expect(Reign reign, int writes);

    /**
     * Does these writes if the reign still stands: all or none, except that a {@link Write.DeleteTree} may be done in
     * several parts, in order. Without writes that only says whether the reign still stands. Answered by
     * {@link StoreEvent.Committed}, {@link StoreEvent.CommitFailed} or {@link StoreEvent.CommitCollided} with this
     * ticket, up to the first of a reign that failed or collided: the later ones are told failed, or, where they were
     * on their way already and may have taken effect, nothing is told of them.
     */
    void commit(Reign reign, long ticket, List<Write> writes);

    /**
     * Ends the reign and contests again in one step, so that no moment is without a controller and nobody else can come
     * between. Answered as {@link #contest}.
     */
    void renew(Reign reign);

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
