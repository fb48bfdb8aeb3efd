package io.regent.controller.zk;

import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.znode.ControllerEpochZnode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * Writes the commits of one reign, each a multi that opens with the check of {@code /controller_epoch}, several in flight
 * and in order.
 *
 * <p>A lost reply is reported as such and never repeated: whether it took effect, the next reign reads. After one commit
 * failed no later one is sent, and those that wait are reported as failed; one that was already on its way may take
 * effect, and is not reported. Session's thread only.
 */
final class Committer {

    private final ZkHandle handle;
    private final Reign reign;
    private final int maxInFlight;
    private final Consumer<StoreEvent> listener;
    private final WriteExpansion expansion;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private int inFlight;
    /** How many writes were asked for since there was nothing to do. */
    private int writesInARow;

    private boolean expanding;
    private String failure;

    private record Waiting(long ticket, List<Write> writes) {}

    /** How many multis of a commit are still unanswered. */
    private static final class Progress {
        private int open;
    }

    Committer(ZkHandle handle, Reign reign, int maxInFlight, Consumer<StoreEvent> listener) {
        this.handle = handle;
        this.reign = reign;
        this.maxInFlight = maxInFlight;
        this.listener = listener;
        this.expansion = new WriteExpansion(handle, maxInFlight);
    }

    Reign reign() {
        return reign;
    }

    void commit(long ticket, List<Write> writes) {
        writesInARow = (isIdle() ? 0 : writesInARow) + writes.size();
        waiting.add(new Waiting(ticket, writes));
        pump();
    }

    /** Whether all that was asked for is answered. */
    boolean isIdle() {
        return waiting.isEmpty() && inFlight == 0 && !expanding;
    }

    /** How many writes were asked for with no pause between them. */
    int writesInARow() {
        return writesInARow;
    }

    /** Fails what waits, and whatever is still to come. */
    void stop(String reason) {
        if (failure == null) {
            failure = reason;
        }
        pump();
    }

    private void pump() {
        while (failure != null && !waiting.isEmpty()) {
            listener.accept(new StoreEvent.CommitFailed(reign, waiting.remove().ticket(), failure));
        }
        while (failure == null && !expanding && inFlight < maxInFlight && !waiting.isEmpty()) {
            begin(waiting.remove());
        }
    }

    /** What must be looked up is looked up after all earlier writes were sent, so that it sees them; later ones wait. */
    private void begin(Waiting next) {
        if (!WriteExpansion.isNeeded(next.writes())) {
            send(next.ticket(), List.of(WriteExpansion.direct(next.writes())));
            return;
        }
        expanding = true;
        Calls.then(
                expansion.expand(next.writes()),
                multis -> {
                    expanding = false;
                    send(next.ticket(), multis);
                    pump();
                },
                lookupFailure -> {
                    expanding = false;
                    failed(next.ticket(), lookupFailure);
                });
    }

    private void send(long ticket, List<List<Op>> multis) {
        if (failure != null) {
            listener.accept(new StoreEvent.CommitFailed(reign, ticket, failure));
            return;
        }
        Progress progress = new Progress();
        progress.open = multis.size();
        for (List<Op> multi : multis) {
            List<Op> guarded = new ArrayList<>(multi.size() + 1);
            guarded.add(Op.check(ControllerEpochZnode.PATH, reign.epochVersion()));
            guarded.addAll(multi);
            inFlight++;
            Calls.then(
                    handle.write(guarded),
                    written -> {
                        inFlight--;
                        if (--progress.open == 0 && failure == null) {
                            listener.accept(new StoreEvent.Committed(reign, ticket));
                        }
                        pump();
                    },
                    refusal -> {
                        inFlight--;
                        failed(ticket, refusal);
                    });
        }
    }

    private void failed(long ticket, ZkFailure refusal) {
        if (failure == null) {
            failure = describe(refusal);
            listener.accept(
                    isCollision(refusal)
                            ? new StoreEvent.CommitCollided(reign, ticket, failure)
                            : new StoreEvent.CommitFailed(reign, ticket, failure));
        }
        pump();
    }

    /** Whether another writer's znode was in the way, while the check of the epoch said that the reign stands. */
    private static boolean isCollision(ZkFailure refusal) {
        boolean anothers = refusal.is(Code.NODEEXISTS)
                || refusal.is(Code.NONODE)
                || refusal.is(Code.BADVERSION)
                || refusal.is(Code.NOTEMPTY);
        return anothers && !refusal.path().equals(ControllerEpochZnode.PATH);
    }

    private String describe(ZkFailure refusal) {
        if (refusal.fateUnknown()) {
            return "its fate is unknown: " + refusal.getMessage();
        }
        if (refusal.is(Code.BADVERSION) && refusal.path().equals(ControllerEpochZnode.PATH)) {
            return "the reign is fenced: " + ControllerEpochZnode.PATH + " is not at version " + reign.epochVersion()
                    + " any more";
        }
        return "it was refused: " + refusal.getMessage();
    }
}
