package io.regent.controller.zk;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;

/**
 * The calls of one ZooKeeper session, all asynchronous and pipelined: they are served in the order in which they are
 * made, and none waits for the one before.
 *
 * <p>Safe for use by any thread. Futures are completed on the session's thread, those of watch events that came before a
 * reply handed on before it; they fail with {@link ZkFailure}. It never retries: after a lost connection only the caller
 * knows what its call meant.
 */
public interface ZkHandle {

    /** The session that makes the calls, which ZooKeeper names as the owner of its ephemeral znodes. */
    long sessionId();

    /** Reads one znode; empty when there is none. */
    CompletableFuture<Optional<Znode>> read(String path);

    /** Reads many znodes in one call, in order; empty where there is none. The caller bounds their number. */
    CompletableFuture<List<Optional<Znode>>> readAll(List<String> paths);

    /** The names of a znode's children; empty when it does not exist. */
    CompletableFuture<List<String>> children(String path);

    /** Does all of these writes, or none. Fails with the code and path of the first that was refused. */
    CompletableFuture<List<OpResult>> multi(List<Op> ops);

    /** The same for checks and for persistent znodes, of any number, where nobody asks for more than that it was done. */
    CompletableFuture<Void> write(List<Op> ops);

    /** Creates a znode and gives the path it got, which differs from the one asked for when it is sequential. */
    CompletableFuture<String> create(String path, byte[] data, CreateMode mode);

    /** Replaces a znode's data when it has this version, or any for -1; gives the version it has then. */
    CompletableFuture<Integer> set(String path, byte[] data, int expectedVersion);

    /** Has every later change of the path (and, if recursive, of all below it) told to the watcher, for this session. */
    CompletableFuture<Void> watch(String path, AddWatchMode mode, Watcher watcher);

    /** Ends what {@link #watch} began on exactly this path, whoever is told; what came before the reply is told still. */
    CompletableFuture<Void> unwatch(String path);

    /** Waits until the server that serves this session has caught up with all that was written before. */
    CompletableFuture<Void> sync(String path);
}
