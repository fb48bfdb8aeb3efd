package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerProbeTest {
    private static final int TIMEOUT_MS = 500;

    @Test
    void aServerThatSpeaksAnotherProtocolIsRefusedBeforeAnythingIsAllocated() throws IOException {
        try (ServerSocket server = listen()) {
            Thread.ofVirtual().start(() -> answer(server, "HTTP/1.1 400 Bad Request"));
            try (BrokerProbe probe = BrokerProbe.connect("127.0.0.1", server.getLocalPort(), TIMEOUT_MS)) {
                assertThatThrownBy(() -> probe.metadata(List.of()))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("no Kafka listener");
            }
        }
    }

    @Test
    void aServerThatIsSilentIsGivenUp() throws IOException {
        try (ServerSocket server = listen();
                BrokerProbe probe = BrokerProbe.connect("127.0.0.1", server.getLocalPort(), TIMEOUT_MS)) {
            assertThatThrownBy(() -> probe.metadata(List.of())).isInstanceOf(IOException.class);
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static void answer(ServerSocket server, String text) {
        try (var connection = server.accept()) {
            connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            connection.getInputStream().read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
