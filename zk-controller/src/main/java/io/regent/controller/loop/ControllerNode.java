package io.regent.controller.loop;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller's seat in a node: a {@link ControllerLoop} on a thread of its own. Any thread may call it.
 *
 * <p>It owns the thread, the store and the links it is given; the ZooKeeper session beneath the store is the node's.
 */
public final class ControllerNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerNode.class);

    /** Long enough for a last turn; a loop that does not end by then is left behind as a daemon. */
    private static final long CLOSE_WAIT_MS = 5_000;

    private final CoordinationStore store;
    private final BrokerLink link;
    private final PeerWatch peers;
    private final ControllerMetrics metrics = new ControllerMetrics();
    private final ControllerLoop loop;
    private final Semaphore work = new Semaphore(0);
    private final ScheduledThreadPoolExecutor clock;
    private final Thread thread;

    private volatile boolean closed;

    public ControllerNode(NodeSettings settings, CoordinationStore store, BrokerLink link, PeerWatch peers) {
        this.store = store;
        this.link = link;
        this.peers = peers;
        this.clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("controller-timer").factory());
        clock.setRemoveOnCancelPolicy(true);
        this.loop =
                new ControllerLoop(settings, new Ports(store, link, peers, new SystemTimers()), metrics, work::release);
        this.thread = Thread.ofPlatform().daemon().name("controller-loop").unstarted(this::run);
    }

    private final class SystemTimers implements Timers {
        @Override
        public long nowMs() {
            return TimeUnit.NANOSECONDS.toMillis(nowNanos());
        }

        @Override
        public long nowNanos() {
            return System.nanoTime();
        }

        @Override
        public void after(long delayMs, Runnable task) {
            if (!closed) {
                var unused = clock.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Begins to contest, as soon as there is a session. */
    public void start() {
        thread.start();
        loop.start();
    }

    /** Asks the controller; fails with {@link NotControllerException} where that is not this node. */
    public CompletableFuture<Answer> ask(Event.Ask ask) {
        return loop.ask(ask);
    }

    /** Whether this node rules. */
    public boolean isActive() {
        return loop.status().active();
    }

    /** The true holder of {@code /controller}; empty when nobody holds it, or it cannot be read. */
    public OptionalInt controllerId() {
        return loop.status().controllerId();
    }

    /** The epoch that {@code /controller_epoch} was seen to hold: no request of a controller may claim a higher one. */
    public int knownControllerEpoch() {
        return loop.status().knownEpoch();
    }

    /** Whether a node may have died a moment ago: see {@link PeerWatch#isSuspect}. */
    public boolean isSuspect(int brokerId) {
        return peers.isSuspect(brokerId);
    }

    /** Whether any node may have died a moment ago: then there are better things to do than what can wait. */
    public boolean hasSuspects() {
        return peers.hasSuspects();
    }

    /** What the loop knows. */
    public LoopStatus status() {
        return loop.status();
    }

    private void run() {
        boolean more = false;
        while (!closed) {
            try {
                if (!more) {
                    work.acquire();
                }
                work.drainPermits();
                more = loop.turn();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("A turn of the controller's loop failed", e);
                more = false;
            }
        }
    }

    /** Resigns if it rules, so that another node takes over at once, and ends. */
    @Override
    public void close() {
        try {
            if (thread.isAlive()) {
                loop.close().get(CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The controller's loop did not end in time");
        }
        closed = true;
        clock.shutdownNow();
        thread.interrupt();
        peers.close();
        link.close();
        store.close();
        metrics.close();
    }
}
