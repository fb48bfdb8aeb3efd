package io.regent.controller.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.curator.utils.CloseableUtils;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * A real ZooKeeper for a test, a client of its own to look and meddle with, and nodes that end with the test. All tests
 * share one server, each in a chroot of its own: to start one takes longer than most tests do.
 */
final class ZkFixture implements AutoCloseable {

    private static final int TICK_MS = 500;

    private static final AtomicInteger FIXTURES = new AtomicInteger();

    private static TestingServer server;

    final ZooKeeper admin;
    private final String chroot = "/test-" + FIXTURES.incrementAndGet();
    private final List<AutoCloseable> owned = new ArrayList<>();

    ZkFixture() throws Exception {
        startServer();
        admin = connect(connectString());
        create("/", null);
    }

    private static synchronized void startServer() throws Exception {
        if (server == null) {
            TestingServer started = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MS, 200), true);
            server = started;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> CloseableUtils.closeQuietly(started)));
        }
    }

    /** Where a session of the test connects to. */
    String connectString() {
        return inChroot(LossyProxy.connectString(server.getPort()));
    }

    private String inChroot(String hosts) {
        return hosts + chroot;
    }

    /** Stops ZooKeeper, and starts it again with what it held. */
    void restart() throws Exception {
        server.restart();
    }

    /** Something that stands between sessions and ZooKeeper, and ends with the fixture. */
    LossyProxy proxy() throws IOException {
        return own(new LossyProxy(server.getPort()));
    }

    private static ZooKeeper connect(String connect) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zooKeeper = new ZooKeeper(connect, 30_000, event -> connected.countDown());
        if (!connected.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the test's ZooKeeper does not answer");
        }
        return zooKeeper;
    }

    /** A session that is connected already and ends with the fixture. */
    CuratorSession session(String name) {
        return session(name, connectString());
    }

    CuratorSession session(String name, LossyProxy proxy) {
        return session(name, inChroot(proxy.connectString()));
    }

    /** The session outlives any pause that the test makes. */
    CuratorSession session(String name, String connect) {
        CuratorSession session = own(
                new CuratorSession(new ZkSettings(connect, 10_000, 10_000, ZkSettings.DEFAULT_MAX_IN_FLIGHT), name));
        session.connect();
        return session;
    }

    <T extends AutoCloseable> T own(T closeable) {
        owned.add(closeable);
        return closeable;
    }

    /** The root znodes of a cluster. */
    ZkFixture withRoots() throws Exception {
        CuratorSession session = session("roots");
        new ClusterZnodes(session).createRoots().get(10, TimeUnit.SECONDS);
        session.close();
        return this;
    }

    void create(String path, String data) throws Exception {
        admin.create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    /** Has a znode created while the test goes on, if it is not there yet. */
    void createInBackground(String path, String data) {
        admin.create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, (rc, at, ctx, name) -> {}, null);
    }

    void createEphemeral(String path, String data) throws Exception {
        admin.create(path, bytes(data), Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
    }

    void set(String path, String data) throws Exception {
        admin.setData(path, bytes(data), -1);
    }

    void delete(String path) throws Exception {
        admin.delete(path, -1);
    }

    String read(String path) throws Exception {
        byte[] data = admin.getData(path, false, null);
        return data == null ? null : new String(data, StandardCharsets.UTF_8);
    }

    Stat stat(String path) throws Exception {
        return admin.exists(path, false);
    }

    boolean exists(String path) throws KeeperException, InterruptedException {
        return admin.exists(path, false) != null;
    }

    /** Ends a session as ZooKeeper does when it hears nothing from it: its owner learns it from ZooKeeper. */
    void expire(CuratorSession session) throws Exception {
        CompletableFuture<ZooKeeper> current = new CompletableFuture<>();
        session.thread()
                .execute(() ->
                        current.complete(((ZooKeeperHandle) session.handle().orElseThrow()).zooKeeper));
        ZooKeeper victim = current.get(5, TimeUnit.SECONDS);
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper twin = new ZooKeeper(
                connectString(),
                30_000,
                event -> connected.countDown(),
                victim.getSessionId(),
                victim.getSessionPasswd());
        connected.await(5, TimeUnit.SECONDS);
        twin.close();
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws Exception {
        Collections.reverse(owned);
        for (AutoCloseable each : owned) {
            each.close();
        }
        admin.close();
    }
}
