package io.regent.controller.zk;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.BrokerZnode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node registered under {@code /brokers/ids}, or another parent of the like: in each session anew, and again whenever the registration has
 * vanished. Each registration has a new broker epoch, the czxid of the znode (KIP-380).
 *
 * <p>A registration that an earlier life of this broker left (the same endpoints) is replaced at once: whoever calls this
 * holds the listening ports already, so no living process stands behind it. One with other endpoints belongs to another
 * broker, which is given the time of a session to prove dead. Any thread may call it; it works on the session's thread.
 */
public final class BrokerRegistrar implements ZkSession.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerRegistrar.class);

    /** ZooKeeper rounds a session's expiry up to its next tick, and ticks are 2 or 3 seconds long. */
    private static final long EXPIRY_MARGIN_MS = 4_000;

    /** How soon it is tried again when ZooKeeper refuses for no reason that is known here. */
    private static final long RETRY_MS = 1_000;

    private final ZkSession session;
    private final String parent;
    private final LongConsumer onEpoch;
    private final long patienceMs;
    private final CompletableFuture<Long> firstEpoch = new CompletableFuture<>();

    /** One and the same, since ZooKeeper's client keeps each watcher that it is given until the session ends. */
    private final Watcher watcher = this::changed;

    private volatile long epoch = -1;

    private BrokerRegistration wanted;
    private boolean stopped;
    private boolean working;
    private boolean again;
    /** The handle under which the registration stands, if it does. */
    private ZkHandle heldBy;
    /** When the wait for another broker's registration ends; 0 while there is none. */
    private long patienceEndsMs;

    /**
     * @param parent {@link BrokerZnode#PARENT}, or one of {@link io.regent.metadata.znode.RegentNodeZnodes}
     * @param onEpoch is told each broker epoch that this broker gets, the first included, on the session's thread
     */
    public BrokerRegistrar(ZkSession session, String parent, LongConsumer onEpoch) {
        this(session, parent, onEpoch, session.settings().sessionTimeoutMs() + EXPIRY_MARGIN_MS);
    }

    BrokerRegistrar(ZkSession session, String parent, LongConsumer onEpoch, long patienceMs) {
        this.session = session;
        this.parent = parent;
        this.patienceMs = patienceMs;
        this.onEpoch = onEpoch;
    }

    /**
     * Registers the broker, and keeps it registered. The ports of its endpoints must be held already.
     *
     * @return the first broker epoch; fails with {@link IllegalStateException} when another broker keeps the id
     */
    public CompletableFuture<Long> register(BrokerRegistration broker) {
        session.thread().execute(() -> {
            wanted = broker;
            session.addListener(this);
            session.handle().ifPresent(this::began);
        });
        return firstEpoch;
    }

    /** The broker epoch of the registration that stands, or stood last; -1 before the first. Any thread. */
    public long epoch() {
        return epoch;
    }

    /** Whether this session holds the registration. Session's thread only. */
    public boolean isHeld() {
        return heldBy != null && session.handle().filter(now -> now == heldBy).isPresent();
    }

    /** Removes the registration and never registers again; the future completes when it is gone, or nothing can be done. */
    public CompletableFuture<Void> unregister() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        session.thread().execute(() -> {
            stopped = true;
            heldBy = null;
            session.handle()
                    .filter(handle -> wanted != null)
                    .ifPresentOrElse(handle -> remove(handle, done), () -> done.complete(null));
        });
        return done;
    }

    /** Served after a registration that is still on its way, and removes only what this session has made. */
    private void remove(ZkHandle handle, CompletableFuture<Void> done) {
        Calls.then(
                handle.read(path())
                        .thenCompose(found -> found.filter(znode -> znode.owner() == handle.sessionId())
                                .map(znode -> handle.multi(List.of(Op.delete(path(), znode.version()))))
                                .orElseGet(() -> CompletableFuture.completedFuture(List.of()))),
                gone -> done.complete(null),
                failure -> {
                    LOG.info("The registration was not removed and goes with the session: {}", failure.getMessage());
                    done.complete(null);
                });
    }

    @Override
    public void began(ZkHandle handle) {
        heldBy = null;
        working = false;
        watch(handle);
        ensure();
    }

    @Override
    public void reconnected(ZkHandle handle) {
        watch(handle);
        ensure();
    }

    @Override
    public void expired() {
        heldBy = null;
        working = false;
    }

    private String path() {
        return parent + "/" + wanted.id();
    }

    private void changed(WatchedEvent event) {
        if (event.getType() != EventType.None) {
            session.thread().execute(this::ensure);
        }
    }

    private void watch(ZkHandle handle) {
        Calls.then(
                handle.watch(path(), AddWatchMode.PERSISTENT, watcher),
                watched -> {},
                failure -> LOG.debug("{} cannot be watched yet: {}", path(), failure.getMessage()));
    }

    /** Looks what stands under the id, and makes it what it should be. One look at a time; a change meanwhile is one more. */
    private void ensure() {
        if (stopped || session.handle().isEmpty()) {
            return;
        }
        if (working) {
            again = true;
            return;
        }
        working = true;
        again = false;
        ZkHandle handle = session.handle().get();
        // After a lost reply, the server that serves us now may not know yet what another one has done.
        Calls.then(
                handle.sync(path()).thenCompose(synced -> handle.read(path())),
                found -> settle(handle, found),
                failure -> failed(handle, failure));
    }

    private void settle(ZkHandle handle, Optional<Znode> found) {
        if (stopped) {
            working = false;
        } else if (found.isEmpty()) {
            create(handle, List.of());
        } else if (found.get().owner() == handle.sessionId()) {
            held(handle, found.get().czxid());
        } else if (isEarlierLife(found.get())) {
            LOG.info("Replacing the registration that an earlier life of this node left in {}", path());
            create(handle, List.of(Op.delete(path(), found.get().version())));
        } else {
            waitForOther(handle, found.get());
        }
    }

    /** What was registered after us is no earlier life, but another broker that took the same id and addresses. */
    private boolean isEarlierLife(Znode found) {
        if (epoch >= 0 && found.czxid() > epoch) {
            return false;
        }
        try {
            BrokerRegistration other = BrokerZnode.decode(wanted.id(), found.data(), found.czxid());
            return other.endpoints().equals(wanted.endpoints());
        } catch (BadZnodeException e) {
            LOG.warn("{}", e.getMessage());
            return false;
        }
    }

    /** Created and set in one multi, as Kafka does it: only the reply to the set tells the czxid. */
    private void create(ZkHandle handle, List<Op> before) {
        byte[] data = BrokerZnode.encode(wanted);
        List<Op> ops = new ArrayList<>(before);
        ops.add(Op.create(path(), data, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL));
        ops.add(Op.setData(path(), data, -1));
        Calls.then(
                handle.multi(ops),
                results -> {
                    OpResult.SetDataResult set = (OpResult.SetDataResult) results.get(results.size() - 1);
                    held(handle, set.getStat().getCzxid());
                },
                failure -> failed(handle, failure));
    }

    private void held(ZkHandle handle, long czxid) {
        if (isStale(handle)) {
            return;
        }
        working = false;
        heldBy = handle;
        patienceEndsMs = 0;
        if (czxid != epoch) {
            epoch = czxid;
            LOG.info("Registered in {} with epoch {}", path(), czxid);
            onEpoch.accept(czxid);
            firstEpoch.complete(czxid);
        }
        if (again) {
            ensure();
        }
    }

    private void waitForOther(ZkHandle handle, Znode found) {
        working = false;
        long now = session.thread().nowMs();
        if (patienceEndsMs == 0) {
            patienceEndsMs = now + patienceMs;
            LOG.warn("{} is the registration of another node; waiting {} ms for it to go", path(), patienceMs);
        }
        if (now - patienceEndsMs < 0) {
            again(handle);
            return;
        }
        String reason = "broker id " + wanted.id() + " is taken by another live broker: " + path() + " holds "
                + new String(found.data() == null ? new byte[0] : found.data(), StandardCharsets.UTF_8);
        if (!firstEpoch.completeExceptionally(new IllegalStateException(reason))) {
            LOG.error("This broker is not registered any more: {}", reason);
            patienceEndsMs = 0;
            again(handle);
        } else {
            stopped = true;
        }
    }

    private void failed(ZkHandle handle, ZkFailure failure) {
        if (isStale(handle)) {
            return;
        }
        working = false;
        if (failure.fateUnknown() && !session.isConnected()) {
            // Reconnecting looks again.
            return;
        }
        if (failure.is(Code.NODEEXISTS) || failure.is(Code.NONODE) || failure.is(Code.BADVERSION)) {
            LOG.debug("{} has changed meanwhile: {}", path(), failure.getMessage());
        } else {
            LOG.warn("Registering in {} failed and is tried again: {}", path(), failure.getMessage());
        }
        again(handle);
    }

    private void again(ZkHandle handle) {
        session.thread().schedule(RETRY_MS, () -> {
            if (!isStale(handle)) {
                ensure();
            }
        });
    }

    private boolean isStale(ZkHandle handle) {
        return session.handle().filter(now -> now == handle).isEmpty();
    }
}
