package io.regent.broker.network;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands requests to the handler on at most {@code num.io.threads} threads, which exist only while they are needed.
 *
 * <p>At most {@code queued.max.requests} wait for a thread, and no further one is taken while those that wait or are
 * being handled hold {@code queued.max.request.bytes}. A connection that finds no room is parked, at most once at
 * a time, and resumed when a thread has taken a request; so the parked ones are bounded by the connections. Any thread
 * may call it; it never blocks.
 */
final class RequestDispatcher implements AutoCloseable {
    private static final long IDLE_THREAD_SECONDS = 60;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final RequestHandler handler;
    private final int maxQueued;
    private final long maxHeldBytes;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private final Queue<Connection> parked = new ConcurrentLinkedQueue<>();

    RequestDispatcher(RequestHandler handler, NetworkSettings settings) {
        this.handler = handler;
        this.maxQueued = settings.queuedMaxRequests();
        this.maxHeldBytes = settings.queuedMaxRequestBytes() > 0 ? settings.queuedMaxRequestBytes() : Long.MAX_VALUE;
        this.threads = new ThreadPoolExecutor(
                settings.numIoThreads(),
                settings.numIoThreads(),
                IDLE_THREAD_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("request-handler", true));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Changes how many threads handle requests; those too many end after their request. */
    synchronized void resize(int ioThreads) {
        if (ioThreads > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(ioThreads);
            threads.setCorePoolSize(ioThreads);
        } else {
            threads.setCorePoolSize(ioThreads);
            threads.setMaximumPoolSize(ioThreads);
        }
    }

    /** False when the queue is full; the connection's {@code resume} is then called once there is room. */
    boolean submit(Exchange exchange) {
        if (queued.incrementAndGet() > maxQueued || heldBytes.get() >= maxHeldBytes) {
            queued.decrementAndGet();
            parked.add(exchange.connection());
            // Room that was made between the check and the parking has nobody else to notice it.
            if (queued.get() < maxQueued && heldBytes.get() < maxHeldBytes) {
                resumeOne();
            }
            return false;
        }
        heldBytes.addAndGet(exchange.frameBytes());
        try {
            threads.execute(() -> run(exchange));
        } catch (RejectedExecutionException closed) {
            queued.decrementAndGet();
            heldBytes.addAndGet(-exchange.frameBytes());
        }
        return true;
    }

    /** Resumes the connection that is parked longest, if any. */
    void resumeOne() {
        Connection connection = parked.poll();
        if (connection != null) {
            connection.resume();
        }
    }

    int queued() {
        return queued.get();
    }

    private void run(Exchange exchange) {
        queued.decrementAndGet();
        resumeOne();
        Request request = exchange.request();
        exchange.handlingBegins();
        try {
            handler.handle(request);
        } catch (Throwable e) {
            // An Error must be answered too, or this connection would wait for ever.
            request.fail(e);
        } finally {
            exchange.handlingEnds();
            heldBytes.addAndGet(-exchange.frameBytes());
            if (maxHeldBytes != Long.MAX_VALUE) {
                resumeOne();
            }
            exchange.connection().returned(exchange);
        }
    }

    /** Lets the requests that are being handled finish, for a bounded time; those that wait are dropped. */
    @Override
    public void close() {
        threads.getQueue().clear();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
