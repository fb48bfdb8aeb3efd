package io.regent.controller.link;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.regent.controller.Announcements;
import io.regent.controller.Reign;
import io.regent.controller.loop.BrokerLink;
import io.regent.controller.loop.LinkEvent;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link BrokerLink} over Netty: one connection to each live broker, on a few event loops of its own.
 *
 * <p>Called by the controller's loop only; it never blocks. Brokers are told over PLAINTEXT listeners.
 */
public final class NettyBrokerLink implements BrokerLink {

    private static final Logger LOG = LoggerFactory.getLogger(NettyBrokerLink.class);

    /** Requests for one broker are built while another reads; more threads than this would take cores from the rest. */
    private static final int THREADS = 2;

    private static final String QUEUE_SIZE = "QueueSize";
    private static final String TOTAL_QUEUE_SIZE = "TotalQueueSize";

    private final LinkSettings settings;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            THREADS, new DefaultThreadFactory("controller-link", true), NioIoHandler.newFactory());
    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.controller", "ControllerChannelManager");
    private final Map<Integer, BrokerChannel> channels = new ConcurrentHashMap<>();

    private Consumer<LinkEvent> listener = event -> {};
    private Telling telling;

    public NettyBrokerLink(LinkSettings settings) {
        this.settings = settings;
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
            telling = new Telling(reign.epoch(), listener);
        }
        Map<Integer, BrokerRegistration> wanted = new HashMap<>();
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
        BrokerChannel channel = new BrokerChannel(reign, broker, settings, loops.next(), telling);
        channels.put(broker.id(), channel);
        metrics.newGauge(QUEUE_SIZE, channel::queueSize, tags(broker.id()));
        channel.open();
    }

    private static Map<String, String> tags(int brokerId) {
        return Map.of("broker-id", Integer.toString(brokerId));
    }

    private void drop(int brokerId) {
        channels.remove(brokerId).close();
        metrics.removeMetric(QUEUE_SIZE, tags(brokerId));
    }

    @Override
    public void announce(Reign reign, Announcements announcements) {
        if (telling == null || telling.controllerEpoch() != reign.epoch()) {
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
        Set.copyOf(channels.keySet()).forEach(this::drop);
        telling = null;
    }

    @Override
    public void close() {
        endReign();
        metrics.removeMetric(TOTAL_QUEUE_SIZE);
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
