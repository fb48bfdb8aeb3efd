package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectFailureTest {

    private static final long PATIENCE_MS = TimeUnit.SECONDS.toMillis(10);

    @Test
    void aListenerThatClosesWhileAConnectionComesInResetsIt() throws Exception {
        try (SocketChannel client = SocketChannel.open()) {
            client.configureBlocking(false);
            try (ServerSocketChannel dying = listener()) {
                client.connect(dying.getLocalAddress());
            }
            assertThat(ConnectFailure.of(failureOf(client))).isEqualTo(ConnectFailure.RESET);
        }
    }

    @Test
    void whereNobodyListensAConnectionIsRefused() throws Exception {
        SocketAddress address;
        try (ServerSocketChannel gone = listener()) {
            address = gone.getLocalAddress();
        }
        try (SocketChannel client = SocketChannel.open()) {
            client.configureBlocking(false);
            Throwable atOnce = catchThrowable(() -> client.connect(address));
            assertThat(ConnectFailure.of(atOnce == null ? failureOf(client) : atOnce))
                    .isEqualTo(ConnectFailure.REFUSED);
        }
    }

    @Test
    void silenceAndAMissingRouteSayNothingOfTheProcess() {
        assertThat(ConnectFailure.of(new ConnectTimeoutException("connection timed out")))
                .isEqualTo(ConnectFailure.UNREACHABLE);
        assertThat(ConnectFailure.of(new NoRouteToHostException("No route to host")))
                .isEqualTo(ConnectFailure.UNREACHABLE);
        assertThat(ConnectFailure.of(new IOException("anything"))).isEqualTo(ConnectFailure.UNREACHABLE);
    }

    private static ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Throwable failureOf(SocketChannel client) throws IOException {
        try (Selector selector = Selector.open()) {
            client.register(selector, SelectionKey.OP_CONNECT);
            selector.select(PATIENCE_MS);
            return catchThrowable(client::finishConnect);
        }
    }
}
