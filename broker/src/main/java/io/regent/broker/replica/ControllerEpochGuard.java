package io.regent.broker.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.ControllerMovedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets requests of the ruling controller pass, in order, and refuses those of deposed or invented ones.
 *
 * <p>An epoch older than one obeyed before is refused. One newer than {@code /controller_epoch} is known to hold is
 * checked against ZooKeeper first, for anyone who reaches the port could send the highest number there is and depose
 * the real controller for this broker. While ZooKeeper does not answer the request waits and is asked about again: a real
 * controller resends only when its connection breaks, so refusing it would lose what it told us. After
 * {@link #PATIENCE_MS} it is refused; by then this broker's own session has ended, and the controller tells a broker
 * that registers anew everything again.
 *
 * <p>Any thread may call it. Requests run on the caller's thread, or on the executor if they had to wait. It never
 * blocks.
 */
public final class ControllerEpochGuard {
    /** Longer than default session (18 s) and socket (30 s) timeouts together: see the class. */
    static final long PATIENCE_MS = 60_000;

    /** A controller has one request under way per broker; more than a few waiting are not a controller's. */
    static final int MAX_WAITING = 100;

    private static final long REREAD_MS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(ControllerEpochGuard.class);

    private final IntSupplier knownEpoch;
    private final Supplier<CompletableFuture<Integer>> readEpoch;
    private final Executor executor;
    private final Object turn = new Object();
    private final Deque<Waiting<?>> waiting = new ArrayDeque<>();
    private int obeyed;
    private int verified;
    private boolean reading;
    private long readsStarted;

    /**
     * @param knownEpoch what {@code /controller_epoch} was last seen to hold; 0 when not seen yet
     * @param readEpoch reads it now, from a server that has caught up (sync first); fails when ZooKeeper does not answer
     * @param executor runs what had to wait; it must run one task at a time
     */
    public ControllerEpochGuard(
            IntSupplier knownEpoch, Supplier<CompletableFuture<Integer>> readEpoch, Executor executor) {
        this.knownEpoch = knownEpoch;
        this.readEpoch = readEpoch;
        this.executor = executor;
    }

    /** The newest epoch obeyed so far. */
    public synchronized int obeyedEpoch() {
        return obeyed;
    }

    /**
     * Runs {@code work} once the epoch is found good.
     *
     * @return its result; fails with {@link ControllerMovedException} (error 11) when the epoch is refused
     */
    public <T> CompletableFuture<T> obey(int epoch, Supplier<T> work) {
        Waiting<T> request;
        boolean runNow;
        synchronized (this) {
            request = new Waiting<>(epoch, readsStarted, System.nanoTime(), work, new CompletableFuture<>());
            // Only requests of the same controller must keep their order: one that is forged holds nobody up.
            boolean behindItsOwn = waiting.stream().anyMatch(other -> other.epoch == epoch);
            if (!behindItsOwn && epoch <= Math.max(obeyed, bound())) {
                runNow = admit(request);
            } else if (waiting.size() >= MAX_WAITING) {
                runNow = false;
                request.refuse("too many requests wait for ZooKeeper to confirm their controller epoch");
            } else {
                runNow = false;
                waiting.add(request);
                readIfNeeded();
            }
        }
        if (runNow) {
            run(request);
        }
        return request.result;
    }

    private int bound() {
        return Math.max(verified, knownEpoch.getAsInt());
    }

    /** @return whether the request may run; a refused one is answered */
    private boolean admit(Waiting<?> request) {
        if (request.epoch < obeyed) {
            request.refuse("the latest controller epoch is " + obeyed);
            return false;
        }
        obeyed = request.epoch;
        return true;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // both outcomes go to settle()
    private void readIfNeeded() {
        if (!reading) {
            reading = true;
            readsStarted++;
            readEpoch.get().whenComplete((epoch, failure) -> executor.execute(() -> settle(epoch, failure)));
        }
    }

    private void settle(Integer epoch, Throwable failure) {
        if (failure != null) {
            LOG.warn("Cannot check a controller epoch: /controller_epoch could not be read; trying again", failure);
            refuseExpired();
            CompletableFuture.delayedExecutor(REREAD_MS, TimeUnit.MILLISECONDS, executor)
                    .execute(this::reread);
            return;
        }
        synchronized (this) {
            reading = false;
            verified = Math.max(verified, epoch);
        }
        Waiting<?> next;
        while ((next = nextAdmitted(epoch)) != null) {
            run(next);
        }
    }

    /** One request at a time: one that was admitted just before a newer controller's must not run after it. */
    private void run(Waiting<?> request) {
        synchronized (turn) {
            if (request.epoch < obeyedEpoch()) {
                request.refuse("the latest controller epoch is " + obeyedEpoch());
            } else {
                request.run();
            }
        }
    }

    private synchronized void reread() {
        reading = false;
        if (!waiting.isEmpty()) {
            readIfNeeded();
        }
    }

    private synchronized void refuseExpired() {
        waiting.removeIf(request -> {
            boolean expired = System.nanoTime() - request.sinceNanos > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
            if (expired) {
                request.refuse("ZooKeeper did not confirm that such a controller rules");
            }
            return expired;
        });
    }

    private synchronized Waiting<?> nextAdmitted(int epochRead) {
        while (!waiting.isEmpty()) {
            Waiting<?> request = waiting.peek();
            if (request.epoch > bound() && request.readsBefore == readsStarted) {
                // It came while the read was under way, which therefore says nothing of it.
                readIfNeeded();
                return null;
            }
            waiting.remove();
            if (request.epoch > bound()) {
                LOG.warn(
                        "Refused a request of controller epoch {}: /controller_epoch holds {}",
                        request.epoch,
                        epochRead);
                request.refuse("no controller of that epoch was ever elected");
            } else if (admit(request)) {
                return request;
            }
        }
        return null;
    }

    private record Waiting<T>(
            int epoch, long readsBefore, long sinceNanos, Supplier<T> work, CompletableFuture<T> result) {
        void run() {
            try {
                result.complete(work.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        void refuse(String why) {
            result.completeExceptionally(
                    new ControllerMovedException("Refused a request of controller epoch " + epoch + ": " + why));
        }
    }
}
