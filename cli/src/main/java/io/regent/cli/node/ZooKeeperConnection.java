package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;

/** Opens and closes sessions of ZooKeeper's own client, with errors that end a command in one line. Any thread. */
public final class ZooKeeperConnection {
    private ZooKeeperConnection() {}

    /**
     * Connects.
     *
     * @param timeoutMs how long connecting may take, and each call that waits for its reply
     * @throws CommandFailure when ZooKeeper does not answer in time
     */
    public static ZooKeeper open(String connectString, int sessionTimeoutMs, int timeoutMs) {
        CountDownLatch connected = new CountDownLatch(1);
        ZKClientConfig config = new ZKClientConfig();
        // Without it a read would wait for ever when ZooKeeper goes away between the connection and the read.
        config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Integer.toString(timeoutMs));
        ZooKeeper zooKeeper = null;
        try {
            zooKeeper = new ZooKeeper(
                    connectString,
                    sessionTimeoutMs,
                    event -> {
                        if (event.getState() == KeeperState.SyncConnected) {
                            connected.countDown();
                        }
                    },
                    false,
                    config);
            if (connected.await(timeoutMs, TimeUnit.MILLISECONDS)) {
                return zooKeeper;
            }
            close(zooKeeper);
            throw new CommandFailure(
                    "ZooKeeper at " + connectString + " does not answer (waited " + timeoutMs + " ms)");
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure("cannot reach ZooKeeper at " + connectString + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            close(zooKeeper);
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while connecting to ZooKeeper", e);
        }
    }

    /** Ends the session, and with it what is ephemeral. */
    public static void close(ZooKeeper zooKeeper) {
        try {
            zooKeeper.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
