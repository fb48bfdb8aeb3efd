package io.regent.controller.zk;

import io.regent.controller.sim.SimClock;
import io.regent.controller.sim.SimProcess;
import io.regent.controller.sim.SimSession;
import io.regent.controller.sim.SimZooKeeper;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/** The simulated ZooKeeper, on virtual time, without a thread. */
final class SimulatedZkWorld implements ZkWorld {

    private static final long PATIENCE_MS = 60_000;

    private final SimClock clock;
    private final SimZooKeeper zooKeeper;
    private final List<SimSession> sessions = new ArrayList<>();

    SimulatedZkWorld(long seed) {
        clock = new SimClock(seed);
        zooKeeper = new SimZooKeeper(clock);
        ZkSession session = session("roots");
        get(new ClusterZnodes(session).createRoots());
    }

    @Override
    public ZkSession session(String name) {
        SimSession session = new SimSession(
                zooKeeper, new SimProcess(clock), new ZkSettings("simulated", 10_000, 10_000, 4), failure -> {
                    throw failure;
                });
        sessions.add(session);
        session.open();
        await(session::isConnected);
        return session;
    }

    @Override
    public void await(BooleanSupplier condition) {
        for (long passedMs = 0; passedMs < PATIENCE_MS && !condition.getAsBoolean(); passedMs++) {
            clock.pass(1);
        }
        Assertions.assertThat(condition.getAsBoolean())
                .as("what is waited for holds within %s ms", PATIENCE_MS)
                .isTrue();
    }

    @Override
    public void expire(ZkSession session) {
        ((SimSession) session).expire();
    }

    @Override
    public void withoutConnection(ZkSession session, Runnable meanwhile) {
        ((SimSession) session).setReachable(false);
        meanwhile.run();
        ((SimSession) session).setReachable(true);
    }

    @Override
    public <T> CompletableFuture<T> losingReply(ZkSession session, Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> unheard = call.get();
        ((SimSession) session).breakOff(true);
        return unheard;
    }

    @Override
    public void close() {
        sessions.forEach(SimSession::close);
    }
}
