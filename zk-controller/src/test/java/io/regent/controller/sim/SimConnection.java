package io.regent.controller.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * A session's connection to one server: requests and replies in order, the session's watches on that server, and the break
 * that loses either the requests that were on their way or only their replies.
 */
final class SimConnection {

    private final SimZooKeeper ensemble;
    private final SimServer server;
    private final SimSession client;
    private final SimPipe toServer;
    private final SimPipe toLeader;
    private final SimPipe toClient;
    private final Deque<SimRequest<?>> received = new ArrayDeque<>();
    private final Set<String> persistent = new TreeSet<>();
    private final Set<String> recursive = new TreeSet<>();

    private SimZooKeeper.Session session;
    private boolean clientSide = true;
    private boolean serverSide = true;

    SimConnection(SimZooKeeper ensemble, SimServer server, SimSession client) {
        this.ensemble = ensemble;
        this.server = server;
        this.client = client;
        this.toServer = new SimPipe(ensemble.clock());
        this.toLeader = new SimPipe(ensemble.clock());
        this.toClient = new SimPipe(ensemble.clock());
    }

    SimServer server() {
        return server;
    }

    SimZooKeeper.Session session() {
        return session;
    }

    boolean isOpen() {
        return clientSide;
    }

    /** Whether pings come through. */
    boolean isHeard() {
        return clientSide && serverSide && client.isRunning();
    }

    /** The session that is served; its watches stand again from here on, and what they missed is not told. */
    void serve(SimZooKeeper.Session of, Set<String> persistentPaths, Set<String> recursivePaths) {
        session = of;
        persistent.addAll(persistentPaths);
        recursive.addAll(recursivePaths);
        server.join(this);
    }

    void watch(String path, AddWatchMode mode) {
        (mode == AddWatchMode.PERSISTENT ? persistent : recursive).add(path);
    }

    void unwatch(String path) {
        persistent.remove(path);
        recursive.remove(path);
    }

    void send(SimRequest<?> request) {
        toServer.send(() -> receive(request));
    }

    @SuppressWarnings("unchecked") // Writes are made with this type only.
    private void receive(SimRequest<?> request) {
        if (!serverSide) {
            return;
        }
        received.add(request);
        if (request.isWrite()) {
            toLeader.send(() -> ensemble.propose(this, (SimRequest<List<OpResult>>) request));
        }
        serve();
    }

    /** Answers what can be answered, in order: a read waits for the writes before it. */
    void serve() {
        while (!received.isEmpty() && serverSide) {
            SimRequest<?> next = received.peek();
            if (!next.isWrite()) {
                next.read(this, server.zxid());
            } else if (!next.isServed() || next.zxid() > server.zxid()) {
                return;
            }
            received.poll();
            toClient.send(() -> {
                if (clientSide) {
                    client.replied(this, next);
                }
            });
        }
    }

    void tell(EventType type, String path) {
        boolean watched = persistent.contains(path)
                || (type != EventType.NodeChildrenChanged && recursive.stream().anyMatch(root -> isBelow(root, path)));
        if (watched && serverSide) {
            toClient.send(() -> {
                if (clientSide) {
                    client.told(this, type, path);
                }
            });
        }
    }

    static boolean isBelow(String root, String path) {
        return path.equals(root) || path.startsWith(root + "/");
    }

    /**
     * Breaks the connection.
     *
     * @param requestsArrive whether what the client has sent takes effect, and only the replies are lost
     */
    void breakOff(boolean requestsArrive) {
        if (!clientSide) {
            return;
        }
        clientSide = false;
        if (requestsArrive) {
            toServer.afterAll(this::closeServerSide);
        } else {
            closeServerSide();
        }
        client.disconnected(this);
    }

    private void closeServerSide() {
        serverSide = false;
        server.leave(this);
    }
}
