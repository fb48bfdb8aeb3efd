package io.regent.controller.sim;

import io.regent.controller.zk.ZkFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;

/**
 * A ZooKeeper ensemble on virtual time. The leader puts writes into one order; each server follows that order at its own
 * pace and serves the reads and watches of the sessions that are connected to it, so that what a session sees may be old,
 * but never goes back.
 *
 * <p>It keeps ZooKeeper's promises and no more: a session's calls are served in order, a reply comes after the watch
 * events of what was applied before it, sessions expire at a tick after their time, and a restart of the ensemble gives
 * every session its whole time anew. One thread.
 */
public final class SimZooKeeper {

    private static final int SERVERS = 3;

    /** Sessions end only at a multiple of this, as in ZooKeeper. */
    static final long TICK_MS = 500;

    private final SimClock clock;
    private final SimTree leader = new SimTree();
    private final List<Txn> log = new ArrayList<>();
    private final List<SimServer> servers = new ArrayList<>();
    private final SortedMap<Long, Session> sessions = new TreeMap<>();
    private final List<Consumer<Txn>> observers = new ArrayList<>();
    private long zxid;
    private long lastSession = 0x1000;
    private boolean leading = true;

    /** What the ensemble agreed on: these changes, in the name of this session; the request is answered when applied. */
    record Txn(long zxid, long session, List<SimTree.Change> changes, SimRequest<?> request) {}

    /** A session as the leader knows it. */
    static final class Session {
        private final long id;
        private final long timeoutMs;
        private SimConnection connection;
        private long heardMs;

        Session(long id, long timeoutMs, long heardMs) {
            this.id = id;
            this.timeoutMs = timeoutMs;
            this.heardMs = heardMs;
        }

        long id() {
            return id;
        }
    }

    public SimZooKeeper(SimClock clock) {
        this.clock = clock;
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new SimServer(this, i));
        }
        clock.after(TICK_MS, this::tick);
    }

    SimClock clock() {
        return clock;
    }

    List<SimServer> servers() {
        return servers;
    }

    /** What the ensemble has agreed on, whether or not all servers know it yet. */
    SimTree agreed() {
        return leader;
    }

    List<Txn> log() {
        return log;
    }

    /** Is shown each change of the znodes when it is agreed on. */
    void observe(Consumer<Txn> observer) {
        observers.add(observer);
    }

    boolean isLeading() {
        return leading;
    }

    boolean isAlive(long session) {
        return sessions.containsKey(session);
    }

    /** Opens a session for this connection. */
    Session open(SimConnection connection, long timeoutMs) {
        Session session = new Session(++lastSession, timeoutMs, clock.nowMs());
        session.connection = connection;
        sessions.put(session.id, session);
        return session;
    }

    /** Makes this the connection of a session that still lives; false when it has expired. */
    boolean reopen(Session session, SimConnection connection) {
        if (!sessions.containsKey(session.id)) {
            return false;
        }
        session.connection = connection;
        session.heardMs = clock.nowMs();
        return true;
    }

    /** A write, or a sync, has reached the leader over this connection. */
    void propose(SimConnection connection, SimRequest<List<OpResult>> request) {
        if (!leading) {
            return;
        }
        Session session = connection.session();
        List<SimTree.Change> changes = List.of();
        if (!sessions.containsKey(session.id)) {
            request.refuse(new ZkFailure(Code.SESSIONEXPIRED, request.path()));
        } else if (session.connection != connection) {
            request.refuse(new ZkFailure(Code.SESSIONMOVED, request.path()));
        } else {
            changes = write(session.id, request);
        }
        agree(new Txn(++zxid, session.id, changes, request));
    }

    private List<SimTree.Change> write(long session, SimRequest<List<OpResult>> request) {
        try {
            SimTree.Multi multi = leader.multi(request.ops(), session, zxid + 1);
            request.settle(multi.results());
            return multi.changes();
        } catch (ZkFailure refused) {
            request.refuse(refused);
            return List.of();
        }
    }

    private void agree(Txn txn) {
        log.add(txn);
        if (!txn.changes().isEmpty()) {
            observers.forEach(observer -> observer.accept(txn));
        }
        servers.forEach(server -> server.follow(log.size()));
    }

    /** Somebody else than a simulated node writes, as an operator's tool does; refused as a whole or done at once. */
    void meddle(List<Op> ops) {
        SimTree.Multi multi = leader.multi(ops, 0, zxid + 1);
        agree(new Txn(++zxid, 0, multi.changes(), null));
    }

    /** Ends a session: its ephemeral znodes go with it. */
    void end(long id) {
        if (sessions.remove(id) == null) {
            return;
        }
        List<SimTree.Change> changes = new ArrayList<>();
        long at = ++zxid;
        for (String path : leader.ownedBy(id)) {
            changes.addAll(leader.multi(List.of(Op.delete(path, -1)), id, at).changes());
        }
        agree(new Txn(at, id, changes, null));
        clock.after(clock.delayMs(), () -> servers.forEach(server -> server.disconnect(id)));
    }

    private void tick() {
        clock.after(TICK_MS, this::tick);
        if (!leading) {
            return;
        }
        Map<Long, Session> each = new HashMap<>(sessions);
        new TreeMap<>(each).values().forEach(session -> {
            if (session.connection.isHeard()) {
                session.heardMs = clock.nowMs();
            } else if (clock.nowMs() - session.heardMs > session.timeoutMs) {
                end(session.id);
            }
        });
    }

    /** All servers stop; what was not agreed on is lost. */
    void fail() {
        leading = false;
        servers.forEach(SimServer::stop);
    }

    /** All servers are back, under a leader that gives every session its whole time anew. */
    void recover() {
        leading = true;
        sessions.values().forEach(session -> session.heardMs = clock.nowMs());
        servers.forEach(SimServer::start);
    }
}
