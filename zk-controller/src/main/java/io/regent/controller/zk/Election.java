package io.regent.controller.zk;

import io.regent.controller.Reign;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contests {@code /controller} as Apache Kafka 3.9 does: one multi creates it and raises {@code /controller_epoch} from
 * the version that was read.
 *
 * <p>When the reply is lost, the session that owns the znode says who won. A {@code /controller} that this session owns
 * while it contests, or that an earlier life of this broker left, belongs to nobody and is replaced in the same multi (KAFKA-13407).
 * Session's thread only.
 */
final class Election {

    private static final Logger LOG = LoggerFactory.getLogger(Election.class);

    /** How often a contest begins again because somebody was quicker, before it is left to the loop's pause. */
    private static final int MAX_TRIES = 5;

    private static final int FIRST_EPOCH = 0;

    /** How a contest ends. */
    interface Outcome {
        void won(Reign reign);

        void lost(OptionalInt owner);

        void failed(String reason);
    }

    private final int brokerId;
    private final ZkSession session;
    private final BooleanSupplier idIsOurs;
    private final BadZnodes badZnodes;
    private final Outcome outcome;

    private boolean contesting;
    private int kraftEpochSeen = -1;
    /** The controller that this contest may take the reign from, if any. */
    private OptionalInt supplanted = OptionalInt.empty();

    private int tries;
    private Runnable onReconnect;

    /**
     * @param idIsOurs whether this session holds the registration of the broker id, so that a {@code /controller} of
     *     another session with this id can only be that of a dead process
     */
    Election(int brokerId, ZkSession session, BooleanSupplier idIsOurs, BadZnodes badZnodes, Outcome outcome) {
        this.brokerId = brokerId;
        this.session = session;
        this.idIsOurs = idIsOurs;
        this.badZnodes = badZnodes;
        this.outcome = outcome;
    }

    /**
     * Begins a contest, unless one is on. Without a session there is none.
     *
     * @param from a controller whose place is taken if it rules
     */
    void contest(OptionalInt from) {
        session.handle().filter(handle -> !contesting).ifPresent(handle -> {
            contesting = true;
            supplanted = from;
            tries = 0;
            attempt(handle);
        });
    }

    /**
     * Begins a contest with taking the place of a dead controller, without looking first: if one of these znodes has changed
     * since, the claim is refused, and the contest goes on as any other.
     *
     * @param dead who {@code controller} names
     */
    void succeed(int dead, Znode controller, Znode epoch) {
        session.handle().filter(handle -> !contesting).ifPresent(handle -> {
            contesting = true;
            supplanted = OptionalInt.of(dead);
            tries = 0;
            consider(handle, Optional.of(controller), Optional.of(epoch));
            // Whoever is found there when it is looked again is another one, or another life of it.
            supplanted = OptionalInt.empty();
        });
    }

    void reconnected() {
        if (onReconnect != null) {
            Runnable resume = onReconnect;
            onReconnect = null;
            resume.run();
        }
    }

    /** The session is over, and the contest with it. */
    void abandon() {
        contesting = false;
        onReconnect = null;
    }

    private void attempt(ZkHandle handle) {
        if (++tries > MAX_TRIES) {
            contesting = false;
            outcome.failed(ControllerZnode.PATH + " changed hands " + MAX_TRIES + " times during one contest");
            return;
        }
        Calls.then(
                handle.readAll(List.of(ControllerZnode.PATH, ControllerEpochZnode.PATH)),
                read -> consider(handle, read.get(0), read.get(1)),
                failure -> unknown(handle, failure, () -> attempt(handle)));
    }

    private void consider(ZkHandle handle, Optional<Znode> controller, Optional<Znode> epochZnode) {
        if (epochZnode.isEmpty()) {
            Calls.then(
                    handle.create(
                            ControllerEpochZnode.PATH, ControllerEpochZnode.encode(FIRST_EPOCH), CreateMode.PERSISTENT),
                    created -> attempt(handle),
                    failure -> refused(handle, failure));
            return;
        }
        int epoch;
        try {
            epoch = ControllerEpochZnode.decode(epochZnode.get().data());
        } catch (BadZnodeException e) {
            badZnodes.report(e);
            contesting = false;
            outcome.failed(e.getMessage());
            return;
        }
        int epochVersion = epochZnode.get().version();
        if (controller.isEmpty()) {
            claim(handle, epoch, epochVersion, List.of());
        } else if (isLeftOver(handle, controller.get()) || isSupplanted(controller.get())) {
            Op removal = Op.delete(ControllerZnode.PATH, controller.get().version());
            claim(handle, epoch, epochVersion, List.of(removal));
        } else {
            contesting = false;
            outcome.lost(owner(controller.get()));
        }
    }

    private boolean isSupplanted(Znode controller) {
        return supplanted.isPresent() && owner(controller).equals(supplanted) && !isKraft(controller);
    }

    /** What a KRaft controller has written is never a left-over: it rules the cluster that is being migrated (KIP-866). */
    private boolean isLeftOver(ZkHandle handle, Znode controller) {
        if (isKraft(controller)) {
            return false;
        }
        if (controller.owner() == handle.sessionId()) {
            return true;
        }
        OptionalInt owner = owner(controller);
        return owner.isPresent() && owner.getAsInt() == brokerId && idIsOurs.getAsBoolean();
    }

    private boolean isKraft(Znode controller) {
        try {
            ControllerZnode.Content content = ControllerZnode.decode(controller.data());
            boolean kraft = content.kraftControllerEpoch() >= 0;
            if (kraft && kraftEpochSeen != content.kraftControllerEpoch()) {
                kraftEpochSeen = content.kraftControllerEpoch();
                LOG.warn(
                        "KRaft controller {} with epoch {} rules this cluster, which is being migrated: nobody contests it",
                        content.brokerId(),
                        kraftEpochSeen);
            }
            return kraft;
        } catch (BadZnodeException e) {
            badZnodes.report(e);
            return false;
        }
    }

    /** The broker that the znode names, if it can be read. */
    OptionalInt owner(Znode controller) {
        try {
            int owner = ControllerZnode.decode(controller.data()).brokerId();
            badZnodes.mended(ControllerZnode.PATH);
            return OptionalInt.of(owner);
        } catch (BadZnodeException e) {
            badZnodes.report(e);
            return OptionalInt.empty();
        }
    }

    private void claim(ZkHandle handle, int epoch, int epochVersion, List<Op> removal) {
        int nextEpoch = epoch + 1;
        List<Op> claim = new ArrayList<>(removal);
        claim.add(Op.create(
                ControllerZnode.PATH,
                ControllerZnode.encode(brokerId, session.thread().timeOfDayMs()),
                Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL));
        claim.add(Op.setData(ControllerEpochZnode.PATH, ControllerEpochZnode.encode(nextEpoch), epochVersion));
        Calls.then(
                handle.multi(claim), results -> won(new Reign(brokerId, nextEpoch, versionAfter(results))), failure -> {
                    if (failure.fateUnknown()) {
                        unknown(handle, failure, () -> readBack(handle, nextEpoch));
                    } else {
                        refused(handle, failure);
                    }
                });
    }

    private static int versionAfter(List<OpResult> results) {
        return ((OpResult.SetDataResult) results.getLast()).getStat().getVersion();
    }

    private void won(Reign reign) {
        contesting = false;
        outcome.won(reign);
    }

    /** The claim may have taken effect on another server than the one that serves us now, so that one catches up first. */
    private void readBack(ZkHandle handle, int claimedEpoch) {
        Calls.then(
                handle.sync(ControllerZnode.PATH)
                        .thenCompose(
                                synced -> handle.readAll(List.of(ControllerZnode.PATH, ControllerEpochZnode.PATH))),
                read -> {
                    Optional<Reign> reign = claimed(handle, read.get(0), read.get(1), claimedEpoch);
                    reign.ifPresentOrElse(this::won, () -> attempt(handle));
                },
                failure -> unknown(handle, failure, () -> readBack(handle, claimedEpoch)));
    }

    private Optional<Reign> claimed(
            ZkHandle handle, Optional<Znode> controller, Optional<Znode> epochZnode, int claimedEpoch) {
        if (controller.isEmpty() || epochZnode.isEmpty() || controller.get().owner() != handle.sessionId()) {
            return Optional.empty();
        }
        try {
            int epoch = ControllerEpochZnode.decode(epochZnode.get().data());
            return epoch == claimedEpoch
                    ? Optional.of(new Reign(brokerId, epoch, epochZnode.get().version()))
                    : Optional.empty();
        } catch (BadZnodeException e) {
            badZnodes.report(e);
            return Optional.empty();
        }
    }

    /** Somebody was quicker, which the next look shows; anything else is left to the loop's pause. */
    private void refused(ZkHandle handle, ZkFailure failure) {
        if (failure.fateUnknown()) {
            unknown(handle, failure, () -> attempt(handle));
        } else if (failure.is(Code.NODEEXISTS) || failure.is(Code.BADVERSION) || failure.is(Code.NONODE)) {
            attempt(handle);
        } else {
            contesting = false;
            outcome.failed("the election was refused: " + failure.getMessage());
        }
    }

    /** Goes on when the connection is back; if the session ends instead, the contest was abandoned. */
    private void unknown(ZkHandle handle, ZkFailure failure, Runnable resume) {
        boolean current = session.handle().filter(now -> now == handle).isPresent();
        if (!contesting || !current) {
            return;
        }
        if (!failure.fateUnknown()) {
            contesting = false;
            outcome.failed("the election could not be held: " + failure.getMessage());
        } else if (session.isConnected()) {
            session.thread().schedule(Observation.RETRY_MS, resume);
        } else {
            onReconnect = resume;
        }
    }
}
