package io.regent.controller.zk;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the chroot of a connect string, over a short session of its own: from inside a chroot it cannot be made. */
final class Chroot {

    private static final Logger LOG = LoggerFactory.getLogger(Chroot.class);

    private Chroot() {}

    /**
     * Creates each missing znode of the chroot's path. Blocks.
     *
     * @throws ZkUnreachableException when ZooKeeper does not answer in time
     */
    static void create(ZkSettings settings) throws InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
        try (ZooKeeper zooKeeper = new ZooKeeper(
                settings.servers(),
                settings.sessionTimeoutMs(),
                watcher,
                false,
                new PlainClientConfig(CuratorSession.MAX_REPLY_BYTES))) {
            if (!connected.await(settings.connectionTimeoutMs(), TimeUnit.MILLISECONDS)) {
                throw ZkUnreachableException.noAnswer(settings);
            }
            String chroot = settings.chroot();
            for (int end = chroot.indexOf('/', 1); end >= 0; end = chroot.indexOf('/', end + 1)) {
                make(zooKeeper, chroot.substring(0, end));
            }
            make(zooKeeper, chroot);
            LOG.info("Created the chroot {} of zookeeper.connect", chroot);
        } catch (IOException | KeeperException e) {
            throw new ZkUnreachableException("the chroot " + settings.chroot() + " of zookeeper.connect="
                    + settings.connect() + " could not be created: " + e.getMessage());
        }
    }

    private static void make(ZooKeeper zooKeeper, String path) throws KeeperException, InterruptedException {
        try {
            zooKeeper.create(path, null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            LOG.debug("{} exists", path);
        }
    }
}
