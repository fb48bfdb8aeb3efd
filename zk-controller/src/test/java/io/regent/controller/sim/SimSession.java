package io.regent.controller.sim;

import io.regent.controller.zk.SessionThread;
import io.regent.controller.zk.ZkFailure;
import io.regent.controller.zk.ZkHandle;
import io.regent.controller.zk.ZkSession;
import io.regent.controller.zk.ZkSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * The ZooKeeper client of a simulated node: it keeps a connection to one of the servers, and opens a new session when the
 * last one has expired. What it tells, and in which order, is what {@code CuratorSession} over ZooKeeper's own client does.
 */
public final class SimSession implements ZkSession {

    private static final int RECONNECT_MS = 60;

    private final SimZooKeeper ensemble;
    private final SimProcess process;
    private final SimThread thread;
    /** The client's own network thread, which hears what the servers say. */
    private final SimThread network;

    private final ZkSettings settings;
    private final List<Listener> listeners = new ArrayList<>();
    private final Deque<SimRequest<?>> unsent = new ArrayDeque<>();
    private final Deque<SimRequest<?>> unanswered = new ArrayDeque<>();

    private SimConnection connection;
    private SimZooKeeper.Session session;
    private SimHandle made;
    private SimHandle handle;
    private boolean connected;
    /** Whether the server has said so on this connection; until then calls are kept, so that they stay in order. */
    private boolean established;

    private boolean reachable = true;
    private boolean closed;
    private long seenZxid;

    public SimSession(
            SimZooKeeper ensemble, SimProcess process, ZkSettings settings, Consumer<RuntimeException> onFailure) {
        this.ensemble = ensemble;
        this.process = process;
        this.settings = settings;
        this.thread = new SimThread(process, onFailure);
        this.network = new SimThread(process, onFailure);
        process.onDeath(() -> breakOff(ensemble.clock().oneIn(2)));
    }

    /** Begins to connect. */
    public void open() {
        network.execute(this::connect);
    }

    /** Ends the session, and with it what it holds. */
    public void close() {
        closed = true;
        if (session != null) {
            ensemble.end(session.id());
        }
    }

    boolean isRunning() {
        return process.isRunning();
    }

    /** Breaks the connection, if there is one. */
    public void breakOff(boolean requestsArrive) {
        if (connection != null) {
            connection.breakOff(requestsArrive);
        }
    }

    /** Whether any server can be reached from here. */
    public void setReachable(boolean yes) {
        reachable = yes;
        if (!yes) {
            breakOff(ensemble.clock().oneIn(2));
        }
    }

    /** Has ZooKeeper forget the session; the client learns of it when it comes back. */
    public void expire() {
        if (session != null) {
            ensemble.end(session.id());
        }
    }

    private void connect() {
        if (closed || (connection != null && connection.isOpen())) {
            return;
        }
        SimClock clock = ensemble.clock();
        SimServer server =
                ensemble.servers().get(clock.chance(ensemble.servers().size()));
        boolean refused = !reachable || !server.isUp() || !ensemble.isLeading() || server.zxid() < seenZxid;
        SimConnection next = new SimConnection(ensemble, server, this);
        clock.after(clock.delayMs(), () -> {
            if (refused || !server.isUp() || !ensemble.isLeading() || !reachable || process.isDead()) {
                network.execute(this::notConnected);
            } else {
                join(next);
            }
        });
    }

    private void notConnected() {
        failAll(unsent, Code.CONNECTIONLOSS);
        network.schedule(1 + ensemble.clock().chance(RECONNECT_MS), this::connect);
    }

    /** The server takes the connection; whether the client hears of it is another matter (KAFKA-14845). */
    private void join(SimConnection next) {
        connection = next;
        boolean isNew = session == null;
        SimZooKeeper.Session joined = isNew ? ensemble.open(next, settings.sessionTimeoutMs()) : session;
        if (!isNew && !ensemble.reopen(joined, next)) {
            network.execute(this::ended);
            connection = null;
            return;
        }
        SimHandle life = isNew ? new SimHandle(this, joined.id()) : made;
        next.serve(joined, life.persistentPaths(), life.recursivePaths());
        ensemble.clock().after(ensemble.clock().delayMs(), () -> network.execute(() -> joined(next, joined, life)));
    }

    private void joined(SimConnection by, SimZooKeeper.Session joined, SimHandle life) {
        if (connection != by || !by.isOpen()) {
            return;
        }
        session = joined;
        made = life;
        established = true;
        thread.execute(() -> connected(life));
        while (!unsent.isEmpty()) {
            sendNow(unsent.poll());
        }
    }

    private void connected(SimHandle life) {
        boolean began = handle != life;
        handle = life;
        connected = true;
        for (Listener listener : List.copyOf(listeners)) {
            if (began) {
                listener.began(life);
            } else {
                listener.reconnected(life);
            }
        }
    }

    /** The server said that the session has expired. */
    private void ended() {
        session = null;
        SimHandle over = made;
        made = null;
        if (over != null) {
            over.end();
        }
        failAll(unsent, Code.SESSIONEXPIRED);
        thread.execute(() -> {
            if (handle == over) {
                handle = null;
                connected = false;
                List.copyOf(listeners).forEach(Listener::expired);
            }
        });
        connect();
    }

    /** Sends a call, or keeps it until there is a connection; it fails when none can be made. Any thread of the node. */
    <T> void call(SimHandle life, SimRequest<T> request) {
        if (life.isOver() || life != made) {
            thread.execute(() -> request.fail(new ZkFailure(Code.SESSIONEXPIRED, request.path())));
        } else if (established && connection.isOpen()) {
            sendNow(request);
        } else {
            unsent.add(request);
        }
    }

    private void sendNow(SimRequest<?> request) {
        unanswered.add(request);
        connection.send(request);
    }

    void replied(SimConnection by, SimRequest<?> request) {
        network.execute(() -> {
            if (unanswered.remove(request)) {
                seenZxid = Math.max(seenZxid, request.zxid());
                request.arrived();
                thread.execute(request::complete);
            }
        });
    }

    void told(SimConnection by, EventType type, String path) {
        SimHandle life = made;
        network.execute(() -> {
            if (life != null && !life.isOver()) {
                life.tell(type, path);
            }
        });
    }

    /** What is unanswered has failed before the connection is said to be lost, as with ZooKeeper's client. */
    void disconnected(SimConnection by) {
        network.execute(() -> {
            if (connection != by) {
                return;
            }
            connection = null;
            established = false;
            failAll(unanswered, Code.CONNECTIONLOSS);
            thread.execute(() -> {
                if (connected) {
                    connected = false;
                    List.copyOf(listeners).forEach(Listener::suspended);
                }
            });
            connect();
        });
    }

    private void failAll(Deque<SimRequest<?>> requests, Code code) {
        while (!requests.isEmpty()) {
            SimRequest<?> request = requests.poll();
            thread.execute(() -> request.fail(new ZkFailure(code, request.path())));
        }
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public Optional<ZkHandle> handle() {
        return closed ? Optional.empty() : Optional.ofNullable(handle);
    }

    @Override
    public boolean isConnected() {
        return !closed && connected;
    }

    @Override
    public SessionThread thread() {
        return thread;
    }

    @Override
    public ZkSettings settings() {
        return settings;
    }
}
