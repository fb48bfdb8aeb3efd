package io.regent.controller.sim;

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.Watcher.Event.EventType;

/** One server of a {@link SimZooKeeper}: it applies what was agreed on in order, some time after it was. */
final class SimServer {

    private final SimZooKeeper ensemble;
    private final int id;
    private final SimTree tree = new SimTree();
    private final SimPipe fromLeader;
    private final List<SimConnection> connections = new ArrayList<>();
    private int applied;
    private long zxid;
    private long lagMs;
    private boolean up = true;

    SimServer(SimZooKeeper ensemble, int id) {
        this.ensemble = ensemble;
        this.id = id;
        this.fromLeader = new SimPipe(ensemble.clock());
    }

    SimTree tree() {
        return tree;
    }

    long zxid() {
        return zxid;
    }

    boolean isUp() {
        return up;
    }

    /** From now on it is behind by so much more than it usually is. */
    void lagBy(long ms) {
        lagMs = ms;
    }

    /** The leader has agreed on everything up to this place in its log. */
    void follow(int length) {
        fromLeader.send(lagMs + ensemble.clock().delayMs(), () -> advance(length));
    }

    private void advance(int length) {
        while (up && applied < length) {
            SimZooKeeper.Txn txn = ensemble.log().get(applied++);
            tree.apply(txn.changes());
            zxid = txn.zxid();
            txn.changes().forEach(this::tell);
            if (txn.request() != null) {
                txn.request().serve(zxid);
                List.copyOf(connections).forEach(SimConnection::serve);
            }
        }
    }

    private void tell(SimTree.Change change) {
        for (SimConnection connection : connections) {
            if (change.isCreation()) {
                connection.tell(EventType.NodeCreated, change.path());
                connection.tell(EventType.NodeChildrenChanged, SimTree.parent(change.path()));
            } else if (change.isDeletion()) {
                connection.tell(EventType.NodeDeleted, change.path());
                connection.tell(EventType.NodeChildrenChanged, SimTree.parent(change.path()));
            } else if (change.isOfData()) {
                connection.tell(EventType.NodeDataChanged, change.path());
            }
        }
    }

    void join(SimConnection connection) {
        connections.add(connection);
    }

    void leave(SimConnection connection) {
        connections.remove(connection);
    }

    /** Hangs up on the session that has ended. */
    void disconnect(long session) {
        for (SimConnection connection : List.copyOf(connections)) {
            if (connection.session().id() == session) {
                connection.breakOff(false);
            }
        }
    }

    void stop() {
        up = false;
        List.copyOf(connections).forEach(connection -> connection.breakOff(false));
    }

    void start() {
        if (!up) {
            up = true;
            advance(ensemble.log().size());
        }
    }

    @Override
    public String toString() {
        return "server " + id;
    }
}
