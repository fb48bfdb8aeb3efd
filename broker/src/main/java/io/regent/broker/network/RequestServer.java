package io.regent.broker.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.regent.broker.BrokerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.network.ListenerName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on every listener of the broker and hands its requests to one {@link RequestHandler}.
 *
 * <p>{@link #bind}, then {@link #serve}, then {@link #close}, each from the thread that runs the broker's lifecycle.
 * Between bind and serve the kernel holds new connections, so that a peer sees a listener that lives but does not
 * answer yet. It never interprets a request.
 */
public final class RequestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestServer.class);
    private static final long SHUTDOWN_TIMEOUT_MS = 5_000;
    private static final int ALLOCATOR_PAGE_BYTES = 8192;
    /** Chunks of 512 KiB (page size times 2 to this power): a read takes 64 KiB, and an idle broker keeps two of them. */
    private static final int ALLOCATOR_MAX_ORDER = 6;

    /** A frame's array doubles as it grows, so that a quarter may for a moment need nearly half of the heap. */
    private static final int UNFINISHED_SHARE_OF_HEAP = 4;

    private final BrokerConfig config;
    private final NetworkSettings settings;
    private final Transport transport;
    private final ConnectionQuotas quotas;
    private final EventLoopGroup loops;
    private final PooledByteBufAllocator allocator;
    private final RequestMetrics metrics = new RequestMetrics();
    private final UnfinishedFrames unfinished =
            new UnfinishedFrames(Runtime.getRuntime().maxMemory() / UNFINISHED_SHARE_OF_HEAP);
    private final Map<ListenerName, Channel> bound = new LinkedHashMap<>();
    private final ChannelGroup connections;
    private volatile RequestDispatcher dispatcher;
    private volatile int ioThreads;
    private volatile TrafficLimits limits = TrafficLimits.NONE;

    public RequestServer(BrokerConfig config) {
        this(config, Transport.preferred());
    }

    RequestServer(BrokerConfig config, Transport transport) {
        this.config = config;
        this.settings = NetworkSettings.of(config);
        this.transport = transport;
        this.quotas = ConnectionQuotas.of(config);
        this.ioThreads = settings.numIoThreads();
        this.loops = new MultiThreadIoEventLoopGroup(
                settings.numNetworkThreads(),
                new DefaultThreadFactory("network", true),
                transport.ioHandlers().get());
        this.connections = new DefaultChannelGroup(loops.next());
        this.allocator = allocator(settings.numNetworkThreads());
    }

    private static PooledByteBufAllocator allocator(int threads) {
        int arenas = Math.min(2, threads);
        return new PooledByteBufAllocator(true, 0, arenas, ALLOCATOR_PAGE_BYTES, ALLOCATOR_MAX_ORDER, 0, 0, false);
    }

    /**
     * Takes the ports of all listeners, but accepts nothing yet.
     *
     * @throws KafkaException naming the listener and the address that cannot be had; nothing stays bound then
     */
    public void bind() {
        for (Endpoint endpoint : config.listeners()) {
            ListenerName name = new ListenerName(endpoint.listenerName().orElseThrow());
            ChannelFuture future = bootstrap(name).bind(addressOf(endpoint)).awaitUninterruptibly();
            if (!future.isSuccess()) {
                close();
                String where = "Listener " + name.value() + " cannot bind to " + describe(endpoint) + ": ";
                throw new KafkaException(where + reasonOf(future.cause()), future.cause());
            }
            bound.put(name, future.channel());
            LOG.debug(
                    "Listener {} is bound to {} ({})",
                    name.value(),
                    future.channel().localAddress(),
                    transport.name());
        }
    }

    /** The port that a listener got, which matters where port 0 was asked for. */
    public int boundPort(ListenerName listener) {
        Channel channel = bound.get(listener);
        if (channel == null) {
            throw new IllegalArgumentException("listener " + listener.value() + " is not bound");
        }
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Sets what connections that come from now on are held to. */
    public void limitTraffic(TrafficLimits newLimits) {
        limits = newLimits;
    }

    /** Begins to accept connections and to hand their requests on. */
    public void serve(RequestHandler handler) {
        dispatcher = new RequestDispatcher(handler, settings);
        dispatcher.resize(ioThreads);
        metrics.showQueueOf(dispatcher);
        bound.values().forEach(channel -> channel.config().setAutoRead(true));
    }

    /** Takes in what can be altered while it serves: num.io.threads and the limits on connections. Any thread. */
    public void reconfigure(BrokerConfig altered) {
        quotas.configure(altered);
        ioThreads = altered.numIoThreads();
        RequestDispatcher serving = dispatcher;
        if (serving != null) {
            serving.resize(ioThreads);
        }
    }

    /** Direct memory that the connections' buffers hold, pooled or in use. */
    long directMemoryBytes() {
        return allocator.metric().usedDirectMemory();
    }

    private ServerBootstrap bootstrap(ListenerName name) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, settings.socketListenBacklogSize())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, OutboundSize.ESTIMATOR)
                .childHandler(new ConnectionInitializer(
                        name, this::newConnection, quotas, connections, this::connectionRestMs, settings));
        // -1 leaves the buffer's size to the operating system.
        if (settings.socketSendBufferBytes() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, settings.socketSendBufferBytes());
        }
        if (settings.socketReceiveBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, settings.socketReceiveBufferBytes());
            bootstrap.childOption(ChannelOption.SO_RCVBUF, settings.socketReceiveBufferBytes());
        }
        return bootstrap;
    }

    private int connectionRestMs(InetAddress address) {
        return limits.connectionRestMs(address);
    }

    private Connection newConnection(ListenerName listener, String connectionId, InetSocketAddress peer) {
        boolean privileged = listener.equals(config.interBrokerListenerName());
        RequestDecoder decoder = new RequestDecoder(connectionId, peer, listener, privileged);
        return new Connection(decoder, dispatcher, metrics, unfinished, limits, settings.socketRequestMaxBytes());
    }

    private static InetSocketAddress addressOf(Endpoint endpoint) {
        return endpoint.host().isEmpty()
                ? new InetSocketAddress(endpoint.port())
                : new InetSocketAddress(endpoint.host(), endpoint.port());
    }

    private static String reasonOf(Throwable cause) {
        boolean unresolved = cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException;
        return unresolved ? "the host name cannot be resolved" : cause.getMessage();
    }

    private static String describe(Endpoint endpoint) {
        return (endpoint.host().isEmpty() ? "*" : endpoint.host()) + ":" + endpoint.port();
    }

    /** Gives the ports back, lets requests that are being handled finish for a bounded time, and closes everything. */
    @Override
    public void close() {
        bound.values().forEach(channel -> channel.close().awaitUninterruptibly(SHUTDOWN_TIMEOUT_MS));
        if (dispatcher != null) {
            dispatcher.close();
        }
        connections.close().awaitUninterruptibly(SHUTDOWN_TIMEOUT_MS);
        loops.shutdownGracefully(0, SHUTDOWN_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(SHUTDOWN_TIMEOUT_MS);
        metrics.close();
    }
}
