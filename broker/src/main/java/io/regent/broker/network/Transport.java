package io.regent.broker.network;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.function.Supplier;

/**
 * How Netty talks to the kernel: by its native epoll, or by the JDK's own selectors where there is none.
 *
 * <p>An immutable value; any thread may use it.
 */
record Transport(String name, Supplier<IoHandlerFactory> ioHandlers, Class<? extends ServerChannel> serverChannel) {
    static final Transport NIO = new Transport("nio", NioIoHandler::newFactory, NioServerSocketChannel.class);

    static Transport preferred() {
        return Epoll.isAvailable() ? epoll() : NIO;
    }

    static Transport epoll() {
        return new Transport("epoll", EpollIoHandler::newFactory, EpollServerSocketChannel.class);
    }
}
