package io.regent.broker.replica;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.PlaintextChannelBuilder;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Sends requests to other brokers one at a time and waits for each answer, in the versions that the other side speaks.
 *
 * <p>One thread owns it; any thread may {@link #wakeup} it out of a wait, to look at its {@link Interruption}. It keeps
 * one connection a broker and never retries: after a failure the next request connects anew.
 */
final class BlockingSender implements AutoCloseable {
    private static final int CONNECTIONS_NEVER_IDLE = -1;
    private static final int ONE_IN_FLIGHT = 1;

    /** When to give up waiting for an answer, apart from the timeout. */
    @FunctionalInterface
    interface Interruption {
        Interruption NONE = () -> Long.MAX_VALUE;

        /** How long to wait on, in ms; 0 or less to give up now. Asked again after every wakeup. */
        long remainingMs();
    }

    /** The wait was given up as its {@link Interruption} said. The request may still take effect. */
    static final class AbandonedException extends IOException {
        private static final long serialVersionUID = 1L;

        AbandonedException(Node node) {
            super("Gave up waiting for an answer of " + node);
        }
    }

    private final Time time;
    private final int timeoutMs;
    private final Metrics metrics;
    private final NetworkClient client;
    private boolean closed;

    /**
     * @param name of the client in the other broker's logs
     * @param timeoutMs for connecting and for each answer
     */
    BlockingSender(String name, ListenerName listener, int timeoutMs, Time time) {
        this.time = time;
        this.timeoutMs = timeoutMs;
        this.metrics = new Metrics(time);
        LogContext logContext = new LogContext("[" + name + "] ");
        PlaintextChannelBuilder channels = new PlaintextChannelBuilder(listener);
        channels.configure(Map.of());
        Selector selector = new Selector(
                NetworkReceive.UNLIMITED,
                CONNECTIONS_NEVER_IDLE,
                metrics,
                time,
                name,
                Map.of(),
                false,
                channels,
                logContext);
        this.client = new NetworkClient(
                selector,
                new ManualMetadataUpdater(),
                name,
                ONE_IN_FLIGHT,
                0,
                0,
                Selectable.USE_DEFAULT_BUFFER_SIZE,
                Selectable.USE_DEFAULT_BUFFER_SIZE,
                timeoutMs,
                timeoutMs,
                timeoutMs,
                time,
                true,
                new ApiVersions(),
                logContext,
                MetadataRecoveryStrategy.NONE);
    }

    /**
     * Sends and waits.
     *
     * @return the answer with the version it came in
     * @throws IOException when the connection is refused or breaks, or no answer comes in time
     * @throws org.apache.kafka.common.errors.UnsupportedVersionException when the other side cannot speak it
     */
    ClientResponse send(
            Node node, AbstractRequest.Builder<? extends AbstractRequest> request, Interruption interruption)
            throws IOException {
        long deadlineMs = time.milliseconds() + timeoutMs;
        connect(node, deadlineMs, interruption);
        ClientRequest sent =
                client.newClientRequest(node.idString(), request, time.milliseconds(), true, timeoutMs, null);
        client.send(sent, time.milliseconds());
        while (true) {
            for (ClientResponse response : poll(node, deadlineMs, interruption)) {
                if (response.requestHeader().correlationId() == sent.correlationId()) {
                    return checked(node, response);
                }
            }
        }
    }

    /** As {@link #send}, giving the body. */
    <T extends AbstractResponse> T call(
            Node node, AbstractRequest.Builder<? extends AbstractRequest> request, Class<T> responseType)
            throws IOException {
        return responseType.cast(send(node, request, Interruption.NONE).responseBody());
    }

    private void connect(Node node, long deadlineMs, Interruption interruption) throws IOException {
        // Takes notice of a connection that broke since the last request.
        client.poll(0, time.milliseconds());
        if (client.ready(node, time.milliseconds())) {
            return;
        }
        do {
            poll(node, deadlineMs, interruption);
            // Looked at before the next ready(), which would connect once more.
            if (client.connectionFailed(node)) {
                throw new IOException("Connection to " + node + " failed");
            }
        } while (!client.isReady(node, time.milliseconds()));
    }

    private List<ClientResponse> poll(Node node, long deadlineMs, Interruption interruption) throws IOException {
        long nowMs = time.milliseconds();
        if (nowMs >= deadlineMs) {
            client.disconnect(node.idString());
            throw new SocketTimeoutException("No answer of " + node + " within " + timeoutMs + " ms");
        }
        long remainingMs = interruption.remainingMs();
        if (remainingMs <= 0) {
            client.disconnect(node.idString());
            throw new AbandonedException(node);
        }
        return client.poll(Math.min(deadlineMs - nowMs, remainingMs), nowMs);
    }

    private static ClientResponse checked(Node node, ClientResponse response) throws IOException {
        if (response.versionMismatch() != null) {
            throw response.versionMismatch();
        }
        if (response.wasDisconnected() || !response.hasResponse()) {
            throw new IOException("Connection to " + node + " broke before the answer came");
        }
        return response;
    }

    /** Makes a wait look at its interruption now. Does nothing after the end. */
    synchronized void wakeup() {
        if (!closed) {
            client.wakeup();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        client.close();
        metrics.close();
    }
}
