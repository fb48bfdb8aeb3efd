package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.controller.loop.PeerWatch.Sighting;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketPeerWatchTest {

    private static final int ACCEPT_TIMEOUT_MS = 10_000;

    private final BlockingQueue<Sighting> verdicts = new LinkedBlockingQueue<>();
    private final SocketPeerWatch watch = new SocketPeerWatch(1, "PLAINTEXT", 0);

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(ACCEPT_TIMEOUT_MS);
        watch.start(verdicts::add);
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
        server.close();
    }

    @Test
    void aPeerWhoseListenerAndConnectionCloseIsFoundDead() throws Exception {
        watch.watch(List.of(broker(2, 77)));
        Socket connection = server.accept();
        server.close();
        connection.close();

        Sighting dead = verdicts.poll(10, TimeUnit.SECONDS);

        assertThat(dead).isNotNull();
        assertThat(dead.brokerId()).isEqualTo(2);
        assertThat(dead.brokerEpoch()).isEqualTo(77);
    }

    @Test
    void aPeerThatClosesAConnectionButListensIsConnectedAgain() throws Exception {
        watch.watch(List.of(broker(2, 77)));
        server.accept().close();
        try (Socket again = server.accept()) {
            assertThat(again.isConnected()).isTrue();
        }
        assertThat(verdicts).isEmpty();
    }

    @Test
    void aDyingPeerThatAcceptsOnceMoreIsStillFoundDead() throws Exception {
        watch.watch(List.of(broker(2, 77)));
        server.accept().close();
        Socket again = server.accept();
        server.close();
        again.close();
        assertThat(verdicts.poll(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aPeerThatIsWatchedNoMoreIsNotFoundDead() throws Exception {
        watch.watch(List.of(broker(2, 77)));
        try (Socket connection = server.accept()) {
            watch.watch(List.of());
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
        }
        server.close();
        assertThat(verdicts).isEmpty();
    }

    @Test
    void aNewLifeOfAPeerIsWatchedAnew() throws Exception {
        watch.watch(List.of(broker(2, 77)));
        try (Socket first = server.accept()) {
            watch.watch(List.of(broker(2, 78)));
            Socket second = server.accept();
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            server.close();
            second.close();
        }
        Sighting dead = verdicts.poll(10, TimeUnit.SECONDS);
        assertThat(dead).isNotNull();
        assertThat(dead.brokerEpoch()).isEqualTo(78);
    }

    @Test
    void aNodeDoesNotWatchItself() throws Exception {
        watch.watch(List.of(broker(1, 5), broker(2, 77)));
        try (Socket only = server.accept()) {
            server.setSoTimeout(1);
            assertThat(only.isConnected()).isTrue();
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private BrokerRegistration broker(int id, long epoch) {
        return new BrokerRegistration(
                id,
                epoch,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", server.getLocalPort())),
                Optional.empty(),
                -1,
                Map.of(),
                0,
                5);
    }
}
