package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.controller.loop.BrokerLink;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link BrokerLink} as one channel to each live broker.
 *
 * <p>Called by the controller's loop only; it never blocks. Brokers are told over PLAINTEXT listeners.
 */
public final class BrokerChannels implements BrokerLink {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerChannels.class);

    private static final String TOTAL_QUEUE_SIZE = "TotalQueueSize";

    private final LinkSettings settings;
    private final Transport transport;
    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.controller", "ControllerChannelManager");
    private final Map<Integer, BrokerChannel> channels = new ConcurrentHashMap<>();

    private Consumer<LinkEvent> listener = event -> {};
    private Telling telling;

    /** Channels over Netty. */
    public BrokerChannels(LinkSettings settings) {
        this(settings, new NettyTransport(settings));
    }

    /**
     * @param transport is closed with the channels
     */
    public BrokerChannels(LinkSettings settings, Transport transport) {
        this.settings = settings;
        this.transport = transport;
        metrics.newGauge(
                TOTAL_QUEUE_SIZE,
                () -> channels.values().stream()
                        .mapToInt(BrokerChannel::queueSize)
                        .sum());
    }

    @Override
    public void start(Consumer<LinkEvent> newListener) {
        listener = newListener;
    }

    @Override
    public void brokers(Reign reign, Collection<BrokerRegistration> live) {
        if (telling == null) {
            telling = new Telling(reign, settings, listener);
        }
        Map<Integer, BrokerRegistration> wanted = new HashMap<>();
        settings.unregistered().ifPresent(ruler -> wanted.put(ruler.id(), ruler));
        live.forEach(broker -> wanted.put(broker.id(), broker));
        Set<Integer> known = new HashSet<>(channels.keySet());
        known.stream()
                .filter(id -> !isSame(channels.get(id).broker(), wanted.get(id)))
                .forEach(this::drop);
        for (BrokerRegistration broker : wanted.values()) {
            if (!channels.containsKey(broker.id())) {
                open(reign, broker);
            }
        }
    }

    /** The same life at the same addresses. */
    private static boolean isSame(BrokerRegistration known, BrokerRegistration wanted) {
        return wanted != null
                && known.epoch() == wanted.epoch()
                && known.endpoints().equals(wanted.endpoints());
    }

    private void open(Reign reign, BrokerRegistration broker) {
        Optional<Endpoint> endpoint = broker.endpoint(settings.listenerName());
        if (endpoint.isEmpty()) {
            LOG.error(
                    "[{}] broker {} cannot be told anything: it has no listener {}",
                    reign,
                    broker.id(),
                    settings.listenerName());
            return;
        }
        if (!endpoint.get().securityProtocol().equals(SecurityProtocol.PLAINTEXT.name)) {
            LOG.error(
                    "[{}] broker {} cannot be told anything: its listener {} speaks {}",
                    reign,
                    broker.id(),
                    settings.listenerName(),
                    endpoint.get().securityProtocol());
            return;
        }
        BrokerChannel channel = new BrokerChannel(
                broker, settings, transport.nextLane(), telling, new ChannelMetrics(metrics, broker.id()));
        channels.put(broker.id(), channel);
        channel.open();
    }

    private void drop(int brokerId) {
        channels.remove(brokerId).close();
    }

    @Override
    public void announce(Reign reign, Announcements announcements) {
        if (telling == null || !telling.reign().equals(reign)) {
            return;
        }
        Set<Integer> addressed = new HashSet<>(announcements.leaderAndIsr().keySet());
        addressed.addAll(announcements.updateMetadata().keySet());
        addressed.addAll(announcements.stopReplicas().keySet());
        Telling now = telling;
        // Counts as one more until all are handed over, lest a quick broker end the telling before a slow one begins.
        now.begin();
        addressed.stream()
                .map(channels::get)
                .filter(channel -> channel != null)
                .forEach(channel -> channel.announce(announcements));
        now.done(1);
    }

    @Override
    public void endReign() {
        List.copyOf(channels.keySet()).forEach(this::drop);
        telling = null;
    }

    @Override
    public void close() {
        endReign();
        metrics.removeMetric(TOTAL_QUEUE_SIZE);
        transport.close();
    }
}
