package io.regent.controller.detect;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Optional;
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

    /** Others answer no stranger twice, or nobody who speaks no TLS. */
    private static final String PLAINTEXT = "PLAINTEXT";

    private final EventLoop loop;
    private final BrokerRegistration peer;
    private final Endpoint endpoint;
    private final Consumer<PeerWatch.Sighting> listener;
    private final Suspects suspects;
    private final Optional<Heartbeat> heartbeat;

    private Suspicion suspicion = Suspicion.NONE;
    private Channel channel;
    private int shortLives;
    private boolean closed;

    /** @param heartbeatTimeoutMs after how long without an answer the peer hangs; 0 when it is not asked */
    PeerSocket(
            EventLoop loop,
            BrokerRegistration peer,
            Endpoint endpoint,
            Consumer<PeerWatch.Sighting> listener,
            Suspects suspects,
            long heartbeatTimeoutMs) {
        this.loop = loop;
        this.peer = peer;
        this.endpoint = endpoint;
        this.listener = listener;
        this.suspects = suspects;
        this.heartbeat = heartbeatTimeoutMs > 0 && endpoint.securityProtocol().equals(PLAINTEXT)
                ? Optional.of(new Heartbeat(loop, endpoint, heartbeatTimeoutMs, new Verdicts()))
                : Optional.empty();
    }

    private final class Verdicts implements Heartbeat.Listener {
        @Override
        public void hangs(String evidence) {
            listener.accept(new PeerWatch.Dead(peer.id(), peer.epoch(), evidence));
        }

        @Override
        public void revived() {
            listener.accept(new PeerWatch.Revived(peer.id(), peer.epoch()));
        }
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

    /** How a connection ends is of no interest. */
    private static final class Silent extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    private void connected(Channel made) {
        suspicion = suspicion.connected();
        long sinceMs = SocketPeerWatch.nowMs();
        suspects.clear(peer.id());
        heartbeat.ifPresent(each -> each.connected(made));
        made.closeFuture().addListener(gone -> {
            suspicion = suspicion.closed();
            if (!closed) {
                suspects.add(peer.id(), SocketPeerWatch.nowMs());
            }
            boolean shortLived = SocketPeerWatch.nowMs() - sinceMs < SHORT_LIFE_MS;
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
        switch (ConnectFailure.of(cause)) {
            case REFUSED -> suspicion = suspicion.refused();
            case UNREACHABLE -> suspicion = suspicion.unreachable();
            case RESET -> {
                shortLives++;
                tryAgain(pauseMs());
                return;
            }
        }
        if (suspicion.isDead() && !closed) {
            closed = true;
            heartbeat.ifPresent(Heartbeat::close);
            listener.accept(new PeerWatch.Dead(
                    peer.id(),
                    peer.epoch(),
                    "its connection closed, and " + endpoint.host() + ":" + endpoint.port() + " refused "
                            + suspicion.refusals() + " more"));
        } else {
            tryAgain(suspicion.nextTryMs());
        }
    }

    private void tryAgain(long afterMs) {
        if (!closed) {
            var unused = loop.schedule(this::open, afterMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Does what the heartbeats have due. */
    void tick(long nowMs) {
        heartbeat.ifPresent(each -> each.tick(nowMs));
    }

    /** This process itself stood still: what the peer did not answer meanwhile does not count. */
    void resumed(long nowMs) {
        heartbeat.ifPresent(each -> each.anew(nowMs));
    }

    /** Closes the connection and makes no other. */
    void close() {
        closed = true;
        heartbeat.ifPresent(Heartbeat::close);
        if (channel != null) {
            var unused = channel.close();
        }
    }
}
