package io.regent.controller.zk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The calls of one ZooKeeper session, all asynchronous and pipelined: they are served in the order in which they are
 * made, and none waits for the one before.
 *
 * <p>Safe for use by any thread. Futures are completed on the session's thread; they fail with {@link ZkFailure}. It
 * never retries: after a lost connection only the caller knows what its call meant.
 */
public final class ZkHandle {

    final ZooKeeper zooKeeper;
    private final Executor thread;

    ZkHandle(ZooKeeper zooKeeper, Executor thread) {
        this.zooKeeper = zooKeeper;
        this.thread = thread;
    }

    long sessionId() {
        return zooKeeper.getSessionId();
    }

    /** Reads one znode; empty when there is none. */
    CompletableFuture<Optional<Znode>> read(String path) {
        CompletableFuture<Optional<Znode>> future = new CompletableFuture<>();
        zooKeeper.getData(
                path,
                false,
                (rc, p, ctx, data, stat) -> {
                    if (rc == Code.NONODE.intValue()) {
                        complete(future, Optional.empty());
                    } else {
                        settle(future, rc, path, () -> Optional.of(Znode.of(path, data, stat)));
                    }
                },
                null);
        return future;
    }

    /** Reads many znodes in one call, in order; empty where there is none. The caller bounds their number. */
    CompletableFuture<List<Optional<Znode>>> readAll(List<String> paths) {
        if (paths.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<Op> reads = paths.stream().map(Op::getData).toList();
        CompletableFuture<List<Optional<Znode>>> future = new CompletableFuture<>();
        zooKeeper.multi(
                reads,
                (rc, p, ctx, results) -> {
                    if (rc != Code.OK.intValue() && results == null) {
                        fail(future, rc, paths.get(0));
                    } else {
                        collect(future, paths, results);
                    }
                },
                null);
        return future;
    }

    private void collect(CompletableFuture<List<Optional<Znode>>> future, List<String> paths, List<OpResult> results) {
        List<Optional<Znode>> read = new ArrayList<>(paths.size());
        for (int i = 0; i < paths.size(); i++) {
            OpResult result = results.get(i);
            if (result instanceof OpResult.GetDataResult found) {
                read.add(Optional.of(Znode.of(paths.get(i), found.getData(), found.getStat())));
            } else if (result instanceof OpResult.ErrorResult error && error.getErr() == Code.NONODE.intValue()) {
                read.add(Optional.empty());
            } else {
                fail(future, errorOf(result), paths.get(i));
                return;
            }
        }
        complete(future, read);
    }

    /** The names of a znode's children; empty when it does not exist. */
    CompletableFuture<List<String>> children(String path) {
        CompletableFuture<List<String>> future = new CompletableFuture<>();
        zooKeeper.getChildren(
                path,
                false,
                (rc, p, ctx, names) -> {
                    if (rc == Code.NONODE.intValue()) {
                        complete(future, List.of());
                    } else {
                        settle(future, rc, path, () -> List.copyOf(names));
                    }
                },
                null);
        return future;
    }

    /** Does all of these writes, or none. Fails with the code and path of the first that was refused. */
    CompletableFuture<List<OpResult>> multi(List<Op> ops) {
        CompletableFuture<List<OpResult>> future = new CompletableFuture<>();
        zooKeeper.multi(
                ops,
                (rc, p, ctx, results) -> {
                    if (rc == Code.OK.intValue()) {
                        complete(future, results);
                    } else {
                        fail(future, rc, refusedPath(ops, results));
                    }
                },
                null);
        return future;
    }

    /** Operations before the refused one are reported as rolled back (0), those after it as not tried. */
    private static String refusedPath(List<Op> ops, List<OpResult> results) {
        if (results != null) {
            for (int i = 0; i < results.size() && i < ops.size(); i++) {
                if (errorOf(results.get(i)) != 0) {
                    return ops.get(i).getPath();
                }
            }
        }
        return ops.get(0).getPath();
    }

    private static int errorOf(OpResult result) {
        return result instanceof OpResult.ErrorResult error ? error.getErr() : 0;
    }

    /** Creates a znode and gives the path it got, which differs from the one asked for when it is sequential. */
    CompletableFuture<String> create(String path, byte[] data, CreateMode mode) {
        CompletableFuture<String> future = new CompletableFuture<>();
        zooKeeper.create(
                path,
                data,
                Ids.OPEN_ACL_UNSAFE,
                mode,
                (rc, p, ctx, name) -> settle(future, rc, path, () -> name),
                (Object) null);
        return future;
    }

    /** Replaces a znode's data when it has this version, or any for -1; gives the version it has then. */
    CompletableFuture<Integer> set(String path, byte[] data, int expectedVersion) {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        zooKeeper.setData(
                path,
                data,
                expectedVersion,
                (int rc, String p, Object ctx, Stat stat) -> settle(future, rc, path, () -> stat.getVersion()),
                null);
        return future;
    }

    /** Has every later change of the path (and, if recursive, of all below it) told to the watcher, for this session. */
    CompletableFuture<Void> watch(String path, AddWatchMode mode, Watcher watcher) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        zooKeeper.addWatch(path, watcher, mode, (rc, p, ctx) -> settle(future, rc, path, () -> null), null);
        return future;
    }

    /** Waits until the server that serves this session has caught up with all that was written before. */
    CompletableFuture<Void> sync(String path) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        zooKeeper.sync(path, (rc, p, ctx) -> settle(future, rc, path, () -> null), null);
        return future;
    }

    private <T> void settle(CompletableFuture<T> future, int rc, String path, Supplier<T> result) {
        if (rc == Code.OK.intValue()) {
            complete(future, result.get());
        } else {
            fail(future, rc, path);
        }
    }

    private <T> void complete(CompletableFuture<T> future, T result) {
        thread.execute(() -> future.complete(result));
    }

    private void fail(CompletableFuture<?> future, int rc, String path) {
        Code code = Code.get(rc);
        thread.execute(() -> future.completeExceptionally(new ZkFailure(code, path)));
    }
}
