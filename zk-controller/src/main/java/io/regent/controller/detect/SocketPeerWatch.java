package io.regent.controller.detect;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link PeerWatch} by one TCP connection to each peer: when a process dies, its kernel closes the connection at once and
 * refuses the next one. Where heartbeats are wanted, it also asks each peer whether its process runs.
 *
 * <p>Any thread may call it; everything happens on one event loop of its own. Without heartbeats it sends and reads nothing.
 */
public final class SocketPeerWatch implements PeerWatch {

    private static final Logger LOG = LoggerFactory.getLogger(SocketPeerWatch.class);

    /** How often in a heartbeat's timeout it is looked what is due. */
    private static final int TICKS_A_TIMEOUT = 20;

    private final int nodeId;
    private final String listenerName;
    private final long heartbeatTimeoutMs;
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("peer-watch", true), NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Map<Integer, PeerSocket> sockets = new HashMap<>();
    private final Suspects suspects = new Suspects();
    private final VerdictLimit limit = new VerdictLimit();

    private Consumer<Sighting> listener = sighting -> {};

    /**
     * @param nodeId this node, which it does not watch
     * @param listenerName the listener of the peers that is watched: the one between brokers
     * @param heartbeatTimeoutMs after how long a process hangs that accepts connections and does not answer; 0 to ask none
     */
    public SocketPeerWatch(int nodeId, String listenerName, long heartbeatTimeoutMs) {
        this.nodeId = nodeId;
        this.listenerName = listenerName;
        this.heartbeatTimeoutMs = heartbeatTimeoutMs;
    }

    @Override
    public void start(Consumer<Sighting> newListener) {
        loop.execute(() -> {
            listener = newListener;
            if (heartbeatTimeoutMs > 0) {
                beat();
            }
        });
    }

    private void beat() {
        long paceMs = Math.max(1, heartbeatTimeoutMs / TICKS_A_TIMEOUT);
        OwnPauses pauses = new OwnPauses(paceMs, nowMs());
        var unused = loop.scheduleWithFixedDelay(
                () -> {
                    long nowMs = nowMs();
                    boolean resumed = pauses.endedBy(nowMs);
                    sockets.values().forEach(socket -> {
                        if (resumed) {
                            socket.resumed(nowMs);
                        }
                        socket.tick(nowMs);
                    });
                },
                paceMs,
                paceMs,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void watch(Collection<BrokerRegistration> peers) {
        Map<Integer, BrokerRegistration> wanted = new HashMap<>();
        peers.stream().filter(peer -> peer.id() != nodeId).forEach(peer -> wanted.put(peer.id(), peer));
        try {
            loop.execute(() -> adopt(wanted));
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed already: {} peers are not watched", wanted.size());
        }
    }

    private void adopt(Map<Integer, BrokerRegistration> wanted) {
        sockets.values().removeIf(socket -> {
            boolean gone = !socket.watches(wanted.get(socket.peer().id()));
            if (gone) {
                socket.close();
            }
            return gone;
        });
        for (BrokerRegistration peer : wanted.values()) {
            Optional<Endpoint> endpoint = peer.endpoint(listenerName);
            if (endpoint.isPresent() && !sockets.containsKey(peer.id())) {
                PeerSocket socket =
                        new PeerSocket(loop, peer, endpoint.get(), this::seen, suspects, heartbeatTimeoutMs);
                sockets.put(peer.id(), socket);
                socket.open();
            }
        }
    }

    private void seen(Sighting sighting) {
        switch (sighting) {
            case Dead dead -> dead(dead);
            case Revived revived -> {
                LOG.info("Broker {} answers again", revived.brokerId());
                listener.accept(revived);
            }
        }
    }

    private void dead(Dead verdict) {
        if (limit.allows(verdict.brokerId(), nowMs())) {
            LOG.info("Broker {} is dead: {}", verdict.brokerId(), verdict.evidence());
            listener.accept(verdict);
        } else {
            LOG.warn(
                    "Broker {} seems dead again ({}), but was found dead {} times within {} s: its session decides",
                    verdict.brokerId(),
                    verdict.evidence(),
                    VerdictLimit.MAX_VERDICTS,
                    VerdictLimit.WINDOW_MS / 1_000);
        }
    }

    @Override
    public boolean isSuspect(int brokerId) {
        return suspects.contains(brokerId, nowMs());
    }

    @Override
    public boolean hasSuspects() {
        return suspects.containsAny(nowMs());
    }

    static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public void close() {
        loop.execute(() -> {
            listener = sighting -> {};
            sockets.values().forEach(PeerSocket::close);
            sockets.clear();
        });
        var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
