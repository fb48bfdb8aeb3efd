package io.regent.controller.link;

import io.netty.channel.EventLoop;
import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one life of one broker what one reign has announced: a request at a time, since brokers take them in order, and the
 * same again after a lost connection, since a broker that obeyed already does no harm by obeying again.
 *
 * <p>Public calls come from the controller's loop; all else is on the channel's event loop, where nothing waits.
 */
final class BrokerChannel {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerChannel.class);

    private static final long FIRST_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 1_000;

    /** The oldest versions that are spoken: those of Kafka 3.0. */
    private static final short LEADER_AND_ISR_LOWEST = 5;

    private static final short UPDATE_METADATA_LOWEST = 7;
    private static final short STOP_REPLICA_LOWEST = 3;

    private final Reign reign;
    private final BrokerRegistration broker;
    private final Endpoint endpoint;
    private final LinkSettings settings;
    private final EventLoop loop;
    private final Telling telling;
    private final ControlRequests requests;
    private final ControlAnswers answers;
    private final Outbox outbox;

    private BrokerConnection connection;
    private boolean ready;
    private AbstractRequest inFlight;
    private int unanswered;
    private long backoffMs = FIRST_BACKOFF_MS;
    private boolean closed;
    private volatile int queueSize;

    /**
     * @param broker has the listener that the settings name
     */
    BrokerChannel(Reign reign, BrokerRegistration broker, LinkSettings settings, EventLoop loop, Telling telling) {
        this.reign = reign;
        this.broker = broker;
        this.endpoint = broker.endpoint(settings.listenerName()).orElseThrow();
        this.settings = settings;
        this.loop = loop;
        this.telling = telling;
        this.requests = new ControlRequests(reign, broker.epoch(), settings.listenerName());
        this.answers = new ControlAnswers(reign, broker, telling);
        this.outbox = new Outbox(broker.id(), settings.maxRequestBytes() / 10 * 9);
    }

    BrokerRegistration broker() {
        return broker;
    }

    /** How many partitions wait to be told, about. Any thread. */
    int queueSize() {
        return queueSize;
    }

    void open() {
        loop.execute(this::connect);
    }

    /** Has this broker's part of the announcements sent. */
    void announce(Announcements announcements) {
        telling.begin();
        loop.execute(() -> {
            if (closed) {
                telling.done(1);
                return;
            }
            unanswered++;
            outbox.add(announcements);
            pump();
        });
    }

    /** Sends nothing more, and forgets what is unanswered. */
    void close() {
        loop.execute(() -> {
            closed = true;
            if (connection != null) {
                connection.close();
            }
            queueSize = 0;
            telling.done(unanswered);
            unanswered = 0;
        });
    }

    private void connect() {
        if (closed) {
            return;
        }
        connection = BrokerConnection.open(
                loop,
                endpoint.host(),
                endpoint.port(),
                Integer.toString(settings.nodeId()),
                settings.requestTimeoutMs(),
                new ConnectionListener());
    }

    private final class ConnectionListener implements BrokerConnection.Listener {
        @Override
        public void ready() {
            ready = true;
            backoffMs = FIRST_BACKOFF_MS;
            LOG.info("[{}] connected to broker {} at {}", reign, broker.id(), endpoint.connectionString());
            if (inFlight != null) {
                send(inFlight);
            } else {
                pump();
            }
        }

        @Override
        public void closed(String reason) {
            ready = false;
            if (closed) {
                return;
            }
            LOG.warn(
                    "[{}] no connection to broker {} at {}, again in {} ms: {}",
                    reign,
                    broker.id(),
                    endpoint.connectionString(),
                    backoffMs,
                    reason);
            var unused = loop.schedule(BrokerChannel.this::connect, backoffMs, TimeUnit.MILLISECONDS);
            backoffMs = Math.min(MAX_BACKOFF_MS, 2 * backoffMs);
        }
    }

    private void pump() {
        queueSize = outbox.size();
        if (closed || !ready || inFlight != null) {
            return;
        }
        Optional<Outbox.Batch> batch = outbox.next();
        while (batch.isPresent()) {
            Optional<AbstractRequest> request = request(batch.get());
            if (request.isPresent()) {
                send(request.get());
                return;
            }
            batch = outbox.next();
        }
        if (outbox.isEmpty()) {
            telling.done(unanswered);
            unanswered = 0;
        }
    }

    private Optional<AbstractRequest> request(Outbox.Batch batch) {
        return switch (batch) {
            case Outbox.Batch.LeaderAndIsr told ->
                version(ApiKeys.LEADER_AND_ISR, LEADER_AND_ISR_LOWEST).map(v -> requests.leaderAndIsr(told, v));
            case Outbox.Batch.UpdateMetadata told ->
                version(ApiKeys.UPDATE_METADATA, UPDATE_METADATA_LOWEST).map(v -> requests.updateMetadata(told, v));
            case Outbox.Batch.StopReplicas told ->
                version(ApiKeys.STOP_REPLICA, STOP_REPLICA_LOWEST).map(v -> requests.stopReplicas(told, v));
        };
    }

    private Optional<Short> version(ApiKeys key, short lowest) {
        Optional<Short> version = connection.version(key, lowest);
        if (version.isEmpty()) {
            LOG.error("[{}] broker {} does not take {} in any version known here", reign, broker.id(), key);
        }
        return version;
    }

    private void send(AbstractRequest request) {
        inFlight = request;
        BrokerConnection over = connection;
        var unused = over.send(request).whenComplete((response, failure) -> {
            // A lost answer leaves the request in flight: the next connection sends it again.
            if (failure == null && over == connection && !closed) {
                answered(request, response);
            }
        });
    }

    private void answered(AbstractRequest request, AbstractResponse response) {
        inFlight = null;
        try {
            answers.take(request, response);
        } catch (RuntimeException e) {
            LOG.error("[{}] broker {} gave an answer that means nothing", reign, broker.id(), e);
        }
        pump();
    }

    @Override
    public String toString() {
        return "BrokerChannel(" + reign + " to broker " + broker.id() + ")";
    }
}
