package io.regent.broker.network;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.network.ListenerName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits a new connection of one listener, within the quotas, and gives it its handlers.
 *
 * <p>Called on the event loops, by several at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for a refused connection to be closed.
final class ConnectionInitializer extends ChannelInitializer<SocketChannel> {
    /** Makes the handler of one connection; the id is Kafka's: local and remote address and a number. */
    @FunctionalInterface
    interface ConnectionFactory {
        Connection create(ListenerName listener, String connectionId, InetSocketAddress peer);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionInitializer.class);

    private final ListenerName listener;
    private final ConnectionFactory factory;
    private final ConnectionQuotas quotas;
    private final ChannelGroup connections;
    private final ToIntFunction<InetAddress> restMs;
    private final NetworkSettings settings;
    private final AtomicLong index = new AtomicLong();

    /** @param restMs how long a connection from an address is held before it is closed; 0 lets it in */
    ConnectionInitializer(
            ListenerName listener,
            ConnectionFactory factory,
            ConnectionQuotas quotas,
            ChannelGroup connections,
            ToIntFunction<InetAddress> restMs,
            NetworkSettings settings) {
        this.listener = listener;
        this.factory = factory;
        this.quotas = quotas;
        this.connections = connections;
        this.restMs = restMs;
        this.settings = settings;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        InetSocketAddress peer = channel.remoteAddress();
        if (peer == null) {
            // The peer has gone between the kernel's accept and ours.
            channel.close();
            return;
        }
        InetAddress address = peer.getAddress();
        Optional<String> refusal = quotas.tryAcquire(address);
        if (refusal.isPresent()) {
            LOG.info("Refusing a connection from {} on listener {}: {}", peer, listener.value(), refusal.get());
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> quotas.release(address));
        connections.add(channel);
        int holdMs = restMs.applyAsInt(address);
        if (holdMs > 0) {
            // Closed at once, it would only come back sooner.
            LOG.debug("Connections from {} come too fast: this one is closed in {} ms", address, holdMs);
            channel.config().setAutoRead(false);
            channel.eventLoop().schedule((Runnable) channel::close, holdMs, TimeUnit.MILLISECONDS);
            return;
        }
        if (settings.connectionsMaxIdleMs() > 0) {
            channel.pipeline()
                    .addLast(new IdleStateHandler(true, 0, 0, settings.connectionsMaxIdleMs(), TimeUnit.MILLISECONDS));
        }
        channel.pipeline().addLast(factory.create(listener, idOf(channel.localAddress(), peer), peer));
    }

    private String idOf(InetSocketAddress local, InetSocketAddress peer) {
        return local.getAddress().getHostAddress() + ":" + local.getPort() + "-"
                + peer.getAddress().getHostAddress() + ":" + peer.getPort() + "-" + index.getAndIncrement();
    }
}
