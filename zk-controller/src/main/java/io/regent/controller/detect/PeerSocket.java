package io.regent.controller.detect;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connection to one life of one peer, made again whenever it closes, until the peer is dead or watched no more.
 *
 * <p>Confined to its event loop.
 */
final class PeerSocket {

    /** A refusal comes at once; what takes longer is silence. */
    private static final int CONNECT_TIMEOUT_MS = 3_000;

    /** What closes sooner than this was not really accepted. */
    private static final long SHORT_LIFE_MS = 500;

    /**
     * A process that is dying may accept once more, as its listener is closed a moment after its connections. One that goes
     * on taking connections only to close them, as a server with too many does, is alive and is not asked without end.
     */
    private static final int MAX_SHORT_LIVES = 5;

    private final EventLoop loop;
    private final BrokerRegistration peer;
    private final Endpoint endpoint;
    private final Consumer<PeerWatch.Dead> onDeath;

    private Suspicion suspicion = Suspicion.NONE;
    private Channel channel;
    private int shortLives;
    private boolean closed;

    PeerSocket(EventLoop loop, BrokerRegistration peer, Endpoint endpoint, Consumer<PeerWatch.Dead> onDeath) {
        this.loop = loop;
        this.peer = peer;
        this.endpoint = endpoint;
        this.onDeath = onDeath;
    }

    BrokerRegistration peer() {
        return peer;
    }

    /** Whether this is the same life of the peer at the same addresses. */
    boolean watches(BrokerRegistration other) {
        return other != null
                && other.epoch() == peer.epoch()
                && other.endpoints().equals(peer.endpoints());
    }

    /** Begins to connect. */
    void open() {
        if (closed) {
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .handler(new Silent())
                .connect(endpoint.host(), endpoint.port());
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connected(connecting.channel());
            } else {
                failed(done.cause());
            }
        });
    }

    /** What a peer says to a connection that says nothing is of no interest, nor is how it ends. */
    private static final class Silent extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    private void connected(Channel made) {
        suspicion = suspicion.connected();
        long sinceNs = System.nanoTime();
        made.closeFuture().addListener(gone -> {
            suspicion = suspicion.closed();
            boolean shortLived = System.nanoTime() - sinceNs < TimeUnit.MILLISECONDS.toNanos(SHORT_LIFE_MS);
            shortLives = shortLived ? shortLives + 1 : 0;
            tryAgain(pauseMs());
        });
    }

    private long pauseMs() {
        if (shortLives == 0) {
            return suspicion.nextTryMs();
        }
        return shortLives <= MAX_SHORT_LIVES ? Suspicion.SECOND_LOOK_MS : Suspicion.RETRY_MS;
    }

    private void failed(Throwable cause) {
        // Netty tells a refusal as a ConnectException, and a timeout as a subclass of it.
        boolean refused = cause instanceof ConnectException
                && !(cause instanceof ConnectTimeoutException)
                && !(cause instanceof NoRouteToHostException)
                && isRefusal(cause.getMessage());
        suspicion = refused ? suspicion.refused() : suspicion.unreachable();
        if (suspicion.isDead() && !closed) {
            closed = true;
            onDeath.accept(new PeerWatch.Dead(
                    peer.id(),
                    peer.epoch(),
                    "its connection closed, and " + endpoint.host() + ":" + endpoint.port() + " refused "
                            + suspicion.refusals() + " more"));
        } else {
            tryAgain(suspicion.nextTryMs());
        }
    }

    private static boolean isRefusal(String message) {
        return message != null && message.contains("refused");
    }

    private void tryAgain(long afterMs) {
        if (!closed) {
            var unused = loop.schedule(this::open, afterMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Closes the connection and makes no other. */
    void close() {
        closed = true;
        if (channel != null) {
            var unused = channel.close();
        }
    }
}
