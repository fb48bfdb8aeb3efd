package io.regent.controller.zk;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.CuratorZookeeperClient;
import org.apache.curator.ensemble.fixed.FixedEnsembleProvider;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link ZkSession} over Curator's client, which keeps the connection and opens a new session after an expiry. Opened and
 * closed by the node, from any thread; it never gives a session up by itself.
 */
public final class CuratorSession implements ZkSession, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CuratorSession.class);

    /**
     * The largest reply taken. A request may not exceed the server's {@code jute.maxbuffer} (1 MB), but a reply that
     * lists many topics, or a batch of reads, is larger (ZOOKEEPER-1162).
     */
    static final int MAX_REPLY_BYTES = 128 * 1024 * 1024;

    /** How soon the making of a client is tried again that failed, as when file descriptors have run out. */
    private static final long CLIENT_RETRY_MS = 1_000;

    /** How long the end of a session is waited for; if it takes longer, the session expires by itself. */
    private static final long CLOSE_WAIT_MS = 3_000;

    private enum State {
        CONNECTING,
        CONNECTED,
        SUSPENDED,
        ENDED
    }

    /** One session, from the making of its client until its expiry. */
    private static final class Life {
        private ZkHandle handle;
        private State state = State.CONNECTING;
        private boolean connectedBeforeAdoption;
    }

    private final ZkSettings settings;
    private final ExecutorThread thread;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ZkHandle> firstSession = new CompletableFuture<>();
    private final ZKClientConfig clientConfig = new PlainClientConfig(MAX_REPLY_BYTES);
    private final CuratorZookeeperClient curator;

    private Life life = new Life();
    private volatile String stateName = "CONNECTING";
    private volatile boolean closed;

    /**
     * @param name names the node in threads and log lines
     */
    public CuratorSession(ZkSettings settings, String name) {
        this.settings = settings;
        this.thread = new ExecutorThread("zookeeper-session-" + name);
        this.curator = new CuratorZookeeperClient(
                new LifeFactory(),
                new FixedEnsembleProvider(settings.connect()),
                settings.sessionTimeoutMs(),
                settings.connectionTimeoutMs(),
                event -> {},
                new RetryOneTime((int) CLIENT_RETRY_MS),
                false);
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Opens the session, and makes the chroot where it is missing. Blocks.
     *
     * @throws ZkUnreachableException when ZooKeeper does not answer in time
     */
    public void connect() {
        try {
            curator.start();
            ZkHandle handle = firstSession.get(settings.connectionTimeoutMs(), TimeUnit.MILLISECONDS);
            if (!settings.chroot().isEmpty()
                    && handle.read("/")
                            .get(settings.connectionTimeoutMs(), TimeUnit.MILLISECONDS)
                            .isEmpty()) {
                Chroot.create(settings);
            }
        } catch (TimeoutException | ExecutionException e) {
            close();
            throw ZkUnreachableException.noAnswer(settings);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw ZkUnreachableException.noAnswer(settings);
        } catch (ZkUnreachableException e) {
            close();
            throw e;
        } catch (Exception e) {
            close();
            throw new ZkUnreachableException("zookeeper.connect=" + settings.connect() + " cannot be used: " + e);
        }
        thread.execute(this::announceFirst);
    }

    /** The session as {@code SessionExpireListener,name=SessionState} shows it. Any thread. */
    public String stateName() {
        return stateName;
    }

    @Override
    public Optional<ZkHandle> handle() {
        boolean lives = life.state == State.CONNECTED || life.state == State.SUSPENDED;
        return lives && !closed ? Optional.of(life.handle) : Optional.empty();
    }

    @Override
    public boolean isConnected() {
        return !closed && life.state == State.CONNECTED;
    }

    @Override
    public SessionThread thread() {
        return thread;
    }

    @Override
    public ZkSettings settings() {
        return settings;
    }

    @Override
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /**
     * Ends the session: what it holds in ZooKeeper goes at once, if ZooKeeper can be reached. Blocks until it is gone, but
     * not for long.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // The client waits for ZooKeeper's reply, and a server that hangs would keep the node from ending.
        Thread closing = Thread.ofPlatform().daemon().name("zookeeper-close").start(curator::close);
        try {
            if (!closing.join(Duration.ofMillis(CLOSE_WAIT_MS))) {
                LOG.warn("ZooKeeper did not confirm the end of the session within {} ms", CLOSE_WAIT_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.close();
        stateName = "CLOSED";
    }

    /** Makes the client of each new session, and so learns of each. Called by Curator, on whatever thread. */
    private final class LifeFactory implements ZookeeperFactory {
        @Override
        public ZooKeeper newZooKeeper(String connect, int timeoutMs, Watcher watcher, boolean readOnly)
                throws Exception {
            Life next = new Life();
            Watcher both = event -> {
                thread.execute(() -> observe(next, event));
                watcher.process(event);
            };
            try {
                MultiCallClient zooKeeper =
                        new MultiCallClient(connect, settings.chroot(), timeoutMs, both, readOnly, clientConfig);
                thread.execute(() -> adopt(next, new ZooKeeperHandle(zooKeeper, thread)));
                return zooKeeper;
            } catch (Exception e) {
                // Curator would keep the exception and never try again (KAFKA-4229).
                LOG.error("No ZooKeeper client could be made; trying again in {} ms", CLIENT_RETRY_MS, e);
                thread.schedule(CLIENT_RETRY_MS, CuratorSession.this::makeAgain);
                throw e;
            }
        }
    }

    private void makeAgain() {
        if (closed) {
            return;
        }
        try {
            curator.reset();
        } catch (Exception e) {
            LOG.debug("The ZooKeeper client could still not be made", e);
        }
    }

    private void adopt(Life next, ZkHandle handle) {
        if (life.state == State.CONNECTED || life.state == State.SUSPENDED) {
            end(life);
        }
        life = next;
        next.handle = handle;
        if (next.connectedBeforeAdoption) {
            connected(next);
        }
    }

    private void observe(Life of, WatchedEvent event) {
        if (event.getType() != Watcher.Event.EventType.None || closed) {
            return;
        }
        KeeperState state = event.getState();
        if (state == KeeperState.SyncConnected) {
            connected(of);
        } else if (of == life && state == KeeperState.Disconnected && of.state == State.CONNECTED) {
            of.state = State.SUSPENDED;
            stateName = "DISCONNECTED";
            LOG.warn("The connection to ZooKeeper is lost; the session is kept");
            listeners.forEach(Listener::suspended);
        } else if (of == life && state == KeeperState.Expired) {
            end(of);
        } else if (state == KeeperState.AuthFailed) {
            LOG.error("ZooKeeper refused the authentication of this client");
        }
    }

    private void connected(Life of) {
        if (of.handle == null) {
            of.connectedBeforeAdoption = true;
            return;
        }
        if (of != life) {
            return;
        }
        stateName = "SYNC_CONNECTED";
        if (of.state == State.CONNECTING) {
            of.state = State.CONNECTED;
            LOG.info("A ZooKeeper session has begun: 0x{}", Long.toHexString(of.handle.sessionId()));
            if (!firstSession.complete(of.handle)) {
                listeners.forEach(listener -> listener.began(of.handle));
            }
        } else if (of.state == State.SUSPENDED) {
            of.state = State.CONNECTED;
            LOG.info("The ZooKeeper session 0x{} is connected again", Long.toHexString(of.handle.sessionId()));
            listeners.forEach(listener -> listener.reconnected(of.handle));
        }
    }

    /** Listeners hear of the first session only when the chroot stands. */
    private void announceFirst() {
        handle().ifPresent(handle -> listeners.forEach(listener -> listener.began(handle)));
    }

    private void end(Life of) {
        boolean lived = of.state == State.CONNECTED || of.state == State.SUSPENDED;
        of.state = State.ENDED;
        stateName = "EXPIRED";
        if (lived) {
            LOG.warn("The ZooKeeper session has expired; a new one is being opened");
            listeners.forEach(Listener::expired);
        }
    }
}
