package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.ZooKeeperConnection;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A session of ZooKeeper's own client, whose errors end the benchmark with one line.
 *
 * <p>Any thread.
 */
final class ZooKeeperClient implements AutoCloseable {
    /** As long as a server grants by default: the session of a fake broker ends when it is closed, not by accident. */
    private static final int SESSION_TIMEOUT_MS = 40_000;

    /** Of connecting, and of each call: far more than ZooKeeper takes at any size. */
    private static final int TIMEOUT_MS = 30_000;

    private final ZooKeeper zooKeeper;

    private ZooKeeperClient(ZooKeeper zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /** Connects, or fails after {@value #TIMEOUT_MS} ms. */
    static ZooKeeperClient connect(String connect) {
        return new ZooKeeperClient(ZooKeeperConnection.open(connect, SESSION_TIMEOUT_MS, TIMEOUT_MS));
    }

    /** ZooKeeper's own client, for calls in flight. */
    ZooKeeper handle() {
        return zooKeeper;
    }

    /** Creates an ephemeral znode and gives the transaction that did: its czxid. */
    long createEphemeral(String path, byte[] data) {
        return ask("create " + path, () -> {
            Stat stat = new Stat();
            zooKeeper.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL, stat);
            return stat.getCzxid();
        });
    }

    /** Creates a znode and what is missing above it; nothing happens when it is there. */
    void createPersistent(String path, byte[] data) {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            createPersistent(path.substring(0, slash), null);
        }
        ask("create " + path, () -> {
            if (zooKeeper.exists(path, false) == null) {
                zooKeeper.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            return path;
        });
    }

    /** What a znode holds. */
    byte[] read(String path, Stat stat) {
        return ask("read " + path, () -> zooKeeper.getData(path, false, stat));
    }

    /** Has each change of a znode, and of those below it, told to the watcher. */
    void watch(String path, Watcher watcher) {
        ask("watch " + path, () -> {
            zooKeeper.addWatch(path, watcher, AddWatchMode.PERSISTENT_RECURSIVE);
            return path;
        });
    }

    private interface Call<T> {
        T make() throws KeeperException, InterruptedException;
    }

    private static <T> T ask(String what, Call<T> call) {
        try {
            return call.make();
        } catch (KeeperException e) {
            throw new CommandFailure("cannot " + what + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while it had to " + what, e);
        }
    }

    @Override
    public void close() {
        ZooKeeperConnection.close(zooKeeper);
    }
}
