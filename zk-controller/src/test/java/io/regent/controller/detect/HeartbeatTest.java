package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.controller.loop.PeerWatch.Dead;
import io.regent.controller.loop.PeerWatch.Revived;
import io.regent.controller.loop.PeerWatch.Sighting;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that is a bare socket: its kernel accepts connections, and whether it answers is the test's to say. */
class HeartbeatTest {

    private static final int PATIENCE_MS = 10_000;
    private static final long TIMEOUT_MS = 600;

    private final BlockingQueue<Sighting> sightings = new LinkedBlockingQueue<>();
    private final SocketPeerWatch watch = new SocketPeerWatch(1, "INTERNAL", TIMEOUT_MS);

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MS);
        watch.start(sightings::add);
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
        server.close();
    }

    private Sighting next() throws InterruptedException {
        return sightings.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    private Socket accept() throws IOException {
        Socket connection = server.accept();
        connection.setSoTimeout(PATIENCE_MS);
        return connection;
    }

    /** Reads one question, which must be one that any broker can answer. */
    private static void question(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        assertThat(RequestHeader.parse(ByteBuffer.wrap(bytes)).apiKey()).isEqualTo(ApiKeys.API_VERSIONS);
    }

    private static void answer(Socket connection) throws IOException {
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeInt(4);
        out.writeInt(0);
        out.flush();
    }

    @Test
    void aProcessThatAcceptsConnectionsAndAnswersNothingIsFoundDead() throws Exception {
        watch.watch(List.of(peer("PLAINTEXT")));

        assertThat(next()).isInstanceOfSatisfying(Dead.class, dead -> {
            assertThat(dead.brokerId()).isEqualTo(2);
            assertThat(dead.brokerEpoch()).isEqualTo(77);
            assertThat(dead.evidence()).contains("accepts connections", "not answered");
        });
    }

    @Test
    void aProcessThatAnswersIsAskedAgainAndAgainOnOneConnection() throws Exception {
        watch.watch(List.of(peer("PLAINTEXT")));
        try (Socket connection = accept()) {
            for (int i = 0; i < 8; i++) {
                question(connection);
                answer(connection);
            }
        }
        assertThat(sightings).isEmpty();
    }

    @Test
    void aProcessThatAnswersTheSecondLookOnlyIsConnectedAnew() throws Exception {
        watch.watch(List.of(peer("PLAINTEXT")));
        try (Socket mute = accept();
                Socket second = accept()) {
            question(mute);
            question(second);
            answer(second);
            try (Socket again = accept()) {
                question(again);
                answer(again);
                assertThat(mute.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(sightings).isEmpty();
    }

    @Test
    void aProcessThatAnswersAfterTheVerdictIsToldToLive() throws Exception {
        watch.watch(List.of(peer("PLAINTEXT")));
        assertThat(next()).isInstanceOf(Dead.class);
        try (Socket connection = accept()) {
            question(connection);
            answer(connection);

            assertThat(next()).isEqualTo(new Revived(2, 77));
            question(connection);
        }
    }

    @Test
    void aProcessThatDiesWhileItHangsIsFoundDeadByItsSockets() throws Exception {
        watch.watch(List.of(peer("PLAINTEXT")));
        assertThat(next()).isInstanceOf(Dead.class);
        try (Socket first = accept();
                Socket second = accept()) {
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            server.close();
        }
        assertThat(next())
                .isInstanceOfSatisfying(
                        Dead.class, dead -> assertThat(dead.evidence()).contains("refused"));
    }

    @Test
    void aListenerThatDoesNotAnswerStrangersIsNotAsked() throws Exception {
        watch.watch(List.of(peer("SASL_PLAINTEXT")));
        try (Socket connection = accept()) {
            connection.setSoTimeout((int) (2 * TIMEOUT_MS));
            assertThatThrownBy(() -> connection.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private BrokerRegistration peer(String protocol) {
        return new BrokerRegistration(
                2,
                77,
                List.of(new Endpoint("INTERNAL", protocol, "127.0.0.1", server.getLocalPort())),
                Optional.empty(),
                -1,
                Map.of(),
                0,
                5);
    }
}
