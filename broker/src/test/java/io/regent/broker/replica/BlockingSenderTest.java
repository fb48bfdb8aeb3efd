package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.broker.replica.BlockingSender.AbandonedException;
import io.regent.broker.replica.BlockingSender.Interruption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingSenderTest {
    private BlockingSender sender;

    private BlockingSender create(int timeoutMs) {
        sender = new BlockingSender("test", new ListenerName("PLAINTEXT"), timeoutMs, Time.SYSTEM);
        return sender;
    }

    @AfterEach
    void close() {
        sender.close();
    }

    /** Accepts connections and never says a word. */
    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private static Node node(int port) {
        return new Node(1, "127.0.0.1", port);
    }

    @Test
    void aRefusedConnectionIsToldAtOnceAndNotTriedAgain() throws IOException {
        int port;
        try (ServerSocket free = silent()) {
            port = free.getLocalPort();
        }
        BlockingSender patient = create(60_000);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> patient.send(node(port), new ApiVersionsRequest.Builder(), Interruption.NONE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("failed");
        }
    }

    @Test
    void silenceEndsAtTheTimeout() throws IOException {
        try (ServerSocket server = silent()) {
            assertThatThrownBy(() -> create(100)
                            .send(node(server.getLocalPort()), new ApiVersionsRequest.Builder(), Interruption.NONE))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anotherThreadCanEndTheWait() throws Exception {
        try (ServerSocket server = silent()) {
            AtomicBoolean giveUp = new AtomicBoolean();
            BlockingSender waiting = create(60_000);
            Thread other = new Thread(() -> {
                giveUp.set(true);
                waiting.wakeup();
            });
            assertThatThrownBy(() -> waiting.send(node(server.getLocalPort()), new ApiVersionsRequest.Builder(), () -> {
                        if (other.getState() == Thread.State.NEW) {
                            other.start();
                        }
                        return giveUp.get() ? 0 : Long.MAX_VALUE;
                    }))
                    .isInstanceOf(AbandonedException.class);
            other.join();
        }
    }
}
