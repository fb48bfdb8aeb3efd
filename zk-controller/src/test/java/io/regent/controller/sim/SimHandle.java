package io.regent.controller.sim;

import io.regent.controller.zk.ZkHandle;
import io.regent.controller.zk.Znode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;

/** The calls of one simulated session, and the watches that its client remembers. */
final class SimHandle implements ZkHandle {

    /** More watchers of one path than a node has parts that look at it: each reconnect has left one behind. */
    private static final int MAX_WATCHERS = 3;

    private final SimSession session;
    private final long id;
    private final Map<String, List<Watcher>> persistent = new TreeMap<>();
    private final Map<String, List<Watcher>> recursive = new TreeMap<>();
    private boolean over;
    private long statesRead;

    SimHandle(SimSession session, long id) {
        this.session = session;
        this.id = id;
    }

    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** How many partitions' states were asked for so far, in multi reads. */
    long statesRead() {
        return statesRead;
    }

    Set<String> persistentPaths() {
        return persistent.keySet();
    }

    Set<String> recursivePaths() {
        return recursive.keySet();
    }

    void tell(EventType type, String path) {
        WatchedEvent event = new WatchedEvent(type, KeeperState.SyncConnected, path);
        List<Watcher> watchers = new ArrayList<>(persistent.getOrDefault(path, List.of()));
        if (type != EventType.NodeChildrenChanged) {
            recursive.forEach((root, those) -> {
                if (SimConnection.isBelow(root, path)) {
                    watchers.addAll(those);
                }
            });
        }
        watchers.forEach(watcher -> watcher.process(event));
    }

    private <T> CompletableFuture<T> call(SimRequest<T> request) {
        session.call(this, request);
        return request.future();
    }

    @Override
    public long sessionId() {
        return id;
    }

    @Override
    public CompletableFuture<Optional<Znode>> read(String path) {
        return call(SimRequest.read(path, by -> znode(by, path)));
    }

    @Override
    public CompletableFuture<List<Optional<Znode>>> readAll(List<String> paths) {
        if (paths.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<String> asked = List.copyOf(paths);
        statesRead += asked.stream().filter(path -> path.endsWith("/state")).count();
        return call(SimRequest.read(
                asked.get(0), by -> asked.stream().map(path -> znode(by, path)).toList()));
    }

    private static Optional<Znode> znode(SimConnection by, String path) {
        return by.server()
                .tree()
                .get(path)
                .map(node -> new Znode(path, node.data(), node.version(), node.czxid(), node.owner()));
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
        return call(SimRequest.read(path, by -> by.server().tree().children(path)));
    }

    @Override
    public CompletableFuture<List<OpResult>> multi(List<Op> ops) {
        return call(SimRequest.write(ops.get(0).getPath(), List.copyOf(ops)));
    }

    @Override
    public CompletableFuture<Void> write(List<Op> ops) {
        return multi(ops).thenApply(results -> null);
    }

    @Override
    public CompletableFuture<String> create(String path, byte[] data, CreateMode mode) {
        return multi(List.of(Op.create(path, data, Ids.OPEN_ACL_UNSAFE, mode)))
                .thenApply(results -> ((OpResult.CreateResult) results.get(0)).getPath());
    }

    @Override
    public CompletableFuture<Integer> set(String path, byte[] data, int expectedVersion) {
        return multi(List.of(Op.setData(path, data, expectedVersion)))
                .thenApply(results ->
                        ((OpResult.SetDataResult) results.get(0)).getStat().getVersion());
    }

    /** The client remembers a watch, to set it again after a reconnect, only once its making was answered. */
    @Override
    public CompletableFuture<Void> watch(String path, AddWatchMode mode, Watcher watcher) {
        SimRequest<Boolean> request = SimRequest.read(path, by -> {
            by.watch(path, mode);
            return true;
        });
        Map<String, List<Watcher>> watches = mode == AddWatchMode.PERSISTENT ? persistent : recursive;
        request.onArrival(() -> {
            List<Watcher> watchers = watches.computeIfAbsent(path, any -> new ArrayList<>());
            if (!watchers.contains(watcher)) {
                watchers.add(watcher);
            }
            if (watchers.size() > MAX_WATCHERS) {
                throw new IllegalStateException(
                        path + " is watched by " + watchers.size() + " watchers of one session");
            }
        });
        return call(request).thenAccept(watched -> {});
    }

    @Override
    public CompletableFuture<Void> unwatch(String path) {
        SimRequest<Boolean> request = SimRequest.read(path, by -> {
            by.unwatch(path);
            return true;
        });
        request.onArrival(() -> {
            persistent.remove(path);
            recursive.remove(path);
        });
        return call(request).thenAccept(unwatched -> {});
    }

    @Override
    public CompletableFuture<Void> sync(String path) {
        SimRequest<List<OpResult>> request = SimRequest.write(path, List.of());
        return call(request).thenAccept(synced -> {});
    }
}
