package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells one life of one broker what one reign has announced: a request at a time, since brokers take them in order, and the
 * same again after a lost connection, since a broker that obeyed already does no harm by obeying again.
 *
 * <p>Public calls come from the controller's loop; all else is on the channel's lane, where nothing waits.
 */
final class BrokerChannel {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerChannel.class);

    private static final long FIRST_BACKOFF_MS = 50;
    private static final long MAX_BACKOFF_MS = 1_000;

    /** A takeover should not have to wait for JMX. */
    private static final long METRICS_AFTER_MS = 1_000;

    /** How long at most between two lulls, and in which steps, this node's own broker waits for others to be told. */
    private static final int MAX_YIELDS = 100;

    private static final long YIELD_MS = 20;

    /** The oldest versions that are spoken: those of Kafka 3.0. */
    private static final short LEADER_AND_ISR_LOWEST = BrokerAnswer.LeaderAndIsr.LOWEST_VERSION;

    private static final short UPDATE_METADATA_LOWEST = 7;
    private static final short STOP_REPLICA_LOWEST = 3;

    private final Reign reign;
    private final BrokerRegistration broker;
    private final Endpoint endpoint;
    private final Transport.Lane lane;
    private final Telling telling;
    private final ChannelMetrics metrics;
    private final ControlRequests requests;
    private final SharedMetadata metadata;
    private final ControlAnswers answers;
    private final Outbox outbox;

    private BrokerConnection connection;
    private boolean ready;
    private Outgoing inFlight;
    private int unanswered;
    private long backoffMs = FIRST_BACKOFF_MS;
    /** Whether it was told that the broker cannot be reached: once, however often it is tried. */
    private boolean toldUnreachable;

    private int yields;
    private boolean yielding;
    private boolean closed;
    private volatile int queueSize;

    /** A request that is on its way, and what it tells. */
    private record Outgoing(Outbox.Batch batch, Body body) {}

    /**
     * @param broker has the listener that the settings name
     * @param telling the reign's, which all channels share
     */
    BrokerChannel(
            BrokerRegistration broker,
            LinkSettings settings,
            Transport.Lane lane,
            Telling telling,
            ChannelMetrics metrics) {
        this.reign = telling.reign();
        this.broker = broker;
        this.endpoint = broker.endpoint(settings.listenerName()).orElseThrow();
        this.lane = lane;
        this.telling = telling;
        this.metrics = metrics;
        this.requests = telling.requests();
        this.metadata = telling.metadata();
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
        lane.execute(() -> {
            connect();
            lane.schedule(METRICS_AFTER_MS, () -> metrics.open(this::queueSize));
        });
    }

    /** Has this broker's part of the announcements sent. */
    void announce(Announcements announcements) {
        telling.begin();
        lane.execute(() -> {
            if (closed) {
                telling.done(1);
                return;
            }
            unanswered++;
            outbox.add(announcements);
            metrics.queued();
            pump();
        });
    }

    /** Sends nothing more, and forgets what is unanswered. */
    void close() {
        metrics.close();
        lane.execute(() -> {
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
        connection = lane.connect(endpoint, new ConnectionListener());
    }

    private final class ConnectionListener implements BrokerConnection.Listener {
        @Override
        public void ready() {
            ready = true;
            backoffMs = FIRST_BACKOFF_MS;
            toldUnreachable = false;
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
            LOG.atLevel(toldUnreachable ? Level.DEBUG : Level.WARN)
                    .log(
                            "[{}] no connection to broker {} at {}, again in {} ms: {}",
                            reign,
                            broker.id(),
                            endpoint.connectionString(),
                            backoffMs,
                            reason);
            toldUnreachable = true;
            lane.schedule(backoffMs, BrokerChannel.this::connect);
            backoffMs = Math.min(MAX_BACKOFF_MS, 2 * backoffMs);
        }
    }

    private void pump() {
        queueSize = outbox.size();
        if (closed || !ready || inFlight != null) {
            return;
        }
        boolean yieldsNow = yieldsToOthers();
        Optional<Outbox.Batch> batch = outbox.next(yieldsNow);
        while (batch.isPresent()) {
            Outbox.Batch next = batch.get();
            Optional<Body> body = body(next);
            if (body.isPresent()) {
                metrics.sent(!outbox.isEmpty());
                send(new Outgoing(next, body.get()));
                return;
            }
            batch = outbox.next(yieldsNow);
        }
        if (outbox.isEmpty()) {
            telling.done(unanswered);
            unanswered = 0;
        } else if (yieldsNow && !yielding) {
            yielding = true;
            yields++;
            lane.schedule(YIELD_MS, () -> {
                yielding = false;
                pump();
            });
        }
    }

    /**
     * Whether metadata waits until other brokers are told: this node's own broker, which takes its cores from those that tell
     * and knows most of it from the last reign, reads much of it last.
     */
    private boolean yieldsToOthers() {
        if (broker.id() != reign.controllerId()) {
            return false;
        }
        if (!telling.isOpenBesides(unanswered)) {
            outbox.lull();
            yields = 0;
            return false;
        }
        return outbox.hasMuchMetadata() && yields < MAX_YIELDS;
    }

    private Optional<Body> body(Outbox.Batch batch) {
        return switch (batch) {
            case Outbox.Batch.LeaderAndIsr told ->
                version(ApiKeys.LEADER_AND_ISR, LEADER_AND_ISR_LOWEST)
                        .map(v -> requests.leaderAndIsr(told, broker.epoch(), v));
            case Outbox.Batch.UpdateMetadata told ->
                version(ApiKeys.UPDATE_METADATA, UPDATE_METADATA_LOWEST).map(v -> metadata.of(told, v, broker.epoch()));
            case Outbox.Batch.StopReplicas told ->
                version(ApiKeys.STOP_REPLICA, STOP_REPLICA_LOWEST)
                        .map(v -> Body.of(requests.stopReplicas(told, broker.epoch()), v));
        };
    }

    private Optional<Short> version(ApiKeys key, short lowest) {
        Optional<Short> version = connection.version(key, lowest);
        if (version.isEmpty()) {
            LOG.error("[{}] broker {} does not take {} in any version known here", reign, broker.id(), key);
        }
        return version;
    }

    private void send(Outgoing outgoing) {
        inFlight = outgoing;
        BrokerConnection over = connection;
        var unused = over.send(outgoing.body()).whenComplete((answer, failure) -> {
            // A lost answer leaves the request in flight: the next connection sends it again.
            if (failure == null && over == connection && !closed) {
                answered(outgoing.batch(), answer);
            }
        });
    }

    private void answered(Outbox.Batch batch, BrokerAnswer answer) {
        inFlight = null;
        try {
            answers.take(batch, answer);
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
