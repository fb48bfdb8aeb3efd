package io.regent.broker.replica;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.utils.ExponentialBackoff;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries requests to whichever broker is the controller, one after the other, on one thread.
 *
 * <p>A request is repeated until a ruling controller has answered or its time is up: on a broken connection, on
 * NOT_CONTROLLER, and at once when the controller changes while it waits. So it may take effect twice, and only requests
 * for which that is harmless may be sent: AlterPartition and ControlledShutdown state what is wanted, a second block of
 * producer ids is merely unused, a topic that exists already answers so.
 *
 * <p>Any thread may send; futures complete on the channel's thread, which must not be blocked.
 */
public final class ControllerChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerChannel.class);

    /** Requests that wait; a broker asks its controller few things at a time. */
    private static final int MAX_QUEUED = 1_000;

    private static final ExponentialBackoff PAUSES = new ExponentialBackoff(5, 2, 100, 0);
    private static final long CLOSE_PATIENCE_MS = 5_000;

    private final Supplier<Optional<Node>> controller;
    private final Time time;
    private final BlockingSender sender;
    private final BlockingQueue<Ask> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Nudge nudge = new Nudge();
    private final Thread thread;
    private volatile boolean closed;

    private record Ask(
            AbstractRequest.Builder<? extends AbstractRequest> request,
            long deadlineMs,
            CompletableFuture<ClientResponse> result) {}

    private static final Ask END = new Ask(new ApiVersionsRequest.Builder(), 0, new CompletableFuture<>());

    /**
     * @param name of the channel, in thread names and in the controller's logs
     * @param controller where the controller is reached now; asked before each try, so it must be quick
     * @param timeoutMs for one try (controller.socket.timeout.ms)
     */
    public ControllerChannel(
            String name, ListenerName listener, Supplier<Optional<Node>> controller, int timeoutMs, Time time) {
        this.controller = controller;
        this.time = time;
        this.sender = new BlockingSender(name, listener, timeoutMs, time);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /**
     * Sends a request to the controller.
     *
     * @param timeoutMs how long to try in all
     * @return the answer of a controller; fails with {@link TimeoutException} when none answered in time, and with
     *     {@link org.apache.kafka.common.errors.UnsupportedVersionException} when it does not know the request
     */
    public CompletableFuture<ClientResponse> send(
            AbstractRequest.Builder<? extends AbstractRequest> request, long timeoutMs) {
        CompletableFuture<ClientResponse> result = new CompletableFuture<>();
        long nowMs = time.milliseconds();
        long deadlineMs = timeoutMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + timeoutMs;
        if (closed || !queue.offer(new Ask(request, deadlineMs, result))) {
            result.completeExceptionally(new BrokerNotAvailableException(
                    closed ? "The broker shuts down" : "Too many requests wait for the controller"));
        }
        return result;
    }

    /** The controller may be another one now: what waits for the old one looks again. */
    public void controllerChanged() {
        nudge.give();
        sender.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                serve(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            sender.close();
            failAll();
        }
    }

    private void serve(Ask ask) throws InterruptedException {
        int failures = 0;
        while (!closed && time.milliseconds() < ask.deadlineMs) {
            Optional<Node> target = controller.get();
            if (target.isPresent() && attempt(ask, target.get())) {
                return;
            }
            failures++;
            nudge.await(PAUSES.backoff(failures - 1));
        }
        ask.result.completeExceptionally(new TimeoutException("No controller answered " + ask.request.apiKey()
                + (closed ? " before the broker shut down" : " in time")));
    }

    /** @return whether the ask is settled */
    private boolean attempt(Ask ask, Node target) {
        try {
            ClientResponse response = sender.send(target, ask.request, () -> remainingMs(ask, target));
            if (response.responseBody().errorCounts().containsKey(Errors.NOT_CONTROLLER)) {
                LOG.debug("{} is not the controller; {} tries again", target, ask.request.apiKey());
                return false;
            }
            ask.result.complete(response);
            return true;
        } catch (IOException e) {
            LOG.debug("{} did not reach controller {}; trying again", ask.request.apiKey(), target, e);
            return false;
        } catch (ApiException e) {
            ask.result.completeExceptionally(e);
            return true;
        } catch (RuntimeException e) {
            LOG.error("{} to controller {} failed", ask.request.apiKey(), target, e);
            ask.result.completeExceptionally(e);
            return true;
        }
    }

    private long remainingMs(Ask ask, Node target) {
        boolean another = controller.get().filter(now -> !now.equals(target)).isPresent();
        return closed || another ? 0 : ask.deadlineMs - time.milliseconds();
    }

    private void failAll() {
        Ask ask;
        while ((ask = queue.poll()) != null) {
            ask.result.completeExceptionally(new BrokerNotAvailableException("The broker shuts down"));
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        controllerChanged();
        // Ends a wait for the next request. If there is no room for it, there is no such wait.
        queue.offer(END);
        thread.join(CLOSE_PATIENCE_MS);
    }
}
