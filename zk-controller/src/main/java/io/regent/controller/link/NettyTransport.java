package io.regent.controller.link;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.regent.metadata.Endpoint;
import java.util.concurrent.TimeUnit;

/** {@link Transport} over Netty, on a few event loops of its own. Any thread. */
final class NettyTransport implements Transport {

    /** Requests for one broker are built while another reads; more threads than this would take cores from the rest. */
    private static final int THREADS = 2;

    private final LinkSettings settings;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            THREADS, new DefaultThreadFactory("controller-link", true), NioIoHandler.newFactory());

    NettyTransport(LinkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Lane nextLane() {
        return new LoopLane(loops.next());
    }

    private final class LoopLane implements Lane {
        private final EventLoop loop;

        LoopLane(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public void schedule(long delayMs, Runnable task) {
            var unused = loop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        }

        @Override
        public BrokerConnection connect(Endpoint endpoint, BrokerConnection.Listener listener) {
            return NettyConnection.open(
                    loop,
                    endpoint.host(),
                    endpoint.port(),
                    Integer.toString(settings.nodeId()),
                    settings.requestTimeoutMs(),
                    listener);
        }
    }

    @Override
    public void close() {
        var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
