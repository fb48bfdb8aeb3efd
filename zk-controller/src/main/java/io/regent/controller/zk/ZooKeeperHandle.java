package io.regent.controller.zk;

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
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;

/**
 * {@link ZkHandle} over ZooKeeper's own client. Safe for use by any thread.
 *
 * <p>A server older than 3.6 answers multi reads and watches that stay as unimplemented. What many znodes hold is then read
 * one by one, pipelined, and single znodes are watched by {@link OneShotWatches}; trees are not watched.
 */
final class ZooKeeperHandle implements ZkHandle {

    final MultiCallClient zooKeeper;
    private final Executor thread;
    private final OneShotWatches oneShotWatches;
    /** Set by the first such answer, with which the server ends the connection: it is asked for neither again. */
    private volatile boolean oldServer;

    ZooKeeperHandle(MultiCallClient zooKeeper, Executor thread) {
        this.zooKeeper = zooKeeper;
        this.thread = thread;
        this.oneShotWatches = new OneShotWatches(zooKeeper);
    }

    @Override
    public long sessionId() {
        return zooKeeper.getSessionId();
    }

    @Override
    public CompletableFuture<Optional<Znode>> read(String path) {
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

    @Override
    public CompletableFuture<List<Optional<Znode>>> readAll(List<String> paths) {
        if (paths.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return oldServer ? readOneByOne(paths) : readAtOnce(paths);
    }

    private CompletableFuture<List<Optional<Znode>>> readOneByOne(List<String> paths) {
        List<CompletableFuture<Optional<Znode>>> reads =
                paths.stream().map(this::read).toList();
        return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .thenApply(done -> reads.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<List<Optional<Znode>>> readAtOnce(List<String> paths) {
        CompletableFuture<List<Optional<Znode>>> future = new CompletableFuture<>();
        MultiRead read = new MultiRead(paths);
        send(read, future, read::znodes);
        return future.exceptionallyCompose(thrown -> {
            if (!ZkFailure.of(thrown).is(Code.UNIMPLEMENTED)) {
                return CompletableFuture.failedFuture(thrown);
            }
            return readOneByOne(paths);
        });
    }

    private <T> void send(MultiCall call, CompletableFuture<T> future, Supplier<T> result) {
        zooKeeper.send(call, (rc, p, ctx) -> {
            Code code = rc == Code.OK.intValue() ? call.error() : Code.get(rc);
            settle(future, code.intValue(), call.failedPath(), result);
        });
    }

    @Override
    public CompletableFuture<List<String>> children(String path) {
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

    @Override
    public CompletableFuture<Void> write(List<Op> ops) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        send(new MultiWrite(ops), future, () -> null);
        return future;
    }

    @Override
    public CompletableFuture<List<OpResult>> multi(List<Op> ops) {
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

    @Override
    public CompletableFuture<String> create(String path, byte[] data, CreateMode mode) {
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

    @Override
    public CompletableFuture<Integer> set(String path, byte[] data, int expectedVersion) {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        zooKeeper.setData(
                path,
                data,
                expectedVersion,
                (int rc, String p, Object ctx, Stat stat) -> settle(future, rc, path, () -> stat.getVersion()),
                null);
        return future;
    }

    @Override
    public CompletableFuture<Void> watch(String path, AddWatchMode mode, Watcher watcher) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (!oldServer) {
            zooKeeper.addWatch(path, watcher, mode, (rc, p, ctx) -> settle(future, rc, path, () -> null), null);
        } else if (mode == AddWatchMode.PERSISTENT) {
            oneShotWatches.watch(path, watcher);
            complete(future, null);
        } else {
            fail(future, Code.UNIMPLEMENTED.intValue(), path);
        }
        return future;
    }

    @Override
    public CompletableFuture<Void> unwatch(String path) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        // For a single watcher, the client would forget it, and the server go on telling.
        zooKeeper.removeAllWatches(
                path, WatcherType.Any, false, (rc, p, ctx) -> settle(future, rc, path, () -> null), null);
        return future;
    }

    @Override
    public CompletableFuture<Void> sync(String path) {
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
        if (code == Code.UNIMPLEMENTED) {
            oldServer = true;
        }
        thread.execute(() -> future.completeExceptionally(new ZkFailure(code, path)));
    }
}
