package io.regent.controller.zk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** A real ZooKeeper; each session goes through a proxy of its own, which can lose what it carries. */
final class RealZkWorld implements ZkWorld {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ZkFixture zk;
    private final Map<ZkSession, LossyProxy> proxies = new HashMap<>();

    RealZkWorld() {
        try {
            zk = new ZkFixture().withRoots();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public ZkSession session(String name) {
        try {
            LossyProxy proxy = zk.proxy();
            ZkSession session = zk.session(name, proxy);
            proxies.put(session, proxy);
            return session;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void await(BooleanSupplier condition) {
        Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(condition::getAsBoolean);
    }

    @Override
    public void expire(ZkSession session) {
        try {
            zk.expire((CuratorSession) session);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void withoutConnection(ZkSession session, Runnable meanwhile) {
        LossyProxy proxy = proxies.get(session);
        proxy.partition();
        meanwhile.run();
        proxy.restore();
    }

    @Override
    public <T> CompletableFuture<T> losingReply(ZkSession session, Supplier<CompletableFuture<T>> call) {
        proxies.get(session).loseNextMulti();
        return call.get();
    }

    @Override
    public void close() {
        try {
            zk.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
