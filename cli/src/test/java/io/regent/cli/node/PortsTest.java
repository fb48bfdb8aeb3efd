package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void aPortThatSomebodyListensOnIsNotFree() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.isFree(socket.getLocalPort())).isFalse();
        }
    }

    @Test
    void freePortsAreDistinctAndOutsideTheEphemeralRange() throws IOException {
        List<Integer> ports = Ports.free(10);
        assertThat(ports).hasSize(10).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
    }
}
