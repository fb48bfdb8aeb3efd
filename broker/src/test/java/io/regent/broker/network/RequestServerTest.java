package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.ObjectName;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestServerTest {
    private static final ListenerName PLAINTEXT = new ListenerName("PLAINTEXT");
    private static final RequestHandler ANSWER = request -> request.reply(RequestOrderTest.noGroups());

    @Test
    void whoConnectsBeforeTheBrokerServesIsAnsweredOnceItDoes() throws IOException {
        try (RequestServer server = new RequestServer(TestServer.config(Map.of()))) {
            server.bind();
            try (TestClient early = new TestClient(server.boundPort(PLAINTEXT))) {
                RequestHeader header = early.send(RequestOrderTest.listGroups(), 1);
                server.serve(ANSWER);
                assertThat(early.receive(header)).isNotNull();
            }
        }
    }

    @Test
    void everyListenerIsServedAndTellsItsPort() throws IOException {
        Map<String, String> two = Map.of(
                "listeners", "INTERNAL://127.0.0.1:0,CLIENTS://127.0.0.1:0",
                "listener.security.protocol.map", "INTERNAL:PLAINTEXT,CLIENTS:PLAINTEXT",
                "inter.broker.listener.name", "INTERNAL");
        try (RequestServer server = new RequestServer(TestServer.config(two))) {
            server.bind();
            server.serve(ANSWER);
            for (String name : new String[] {"INTERNAL", "CLIENTS"}) {
                try (TestClient client = new TestClient(server.boundPort(new ListenerName(name)))) {
                    assertThat(client.call(RequestOrderTest.listGroups(), 1)).isNotNull();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClosedServerGivesItsPortBackAtOnce(boolean preferred) throws IOException {
        Transport transport = preferred ? Transport.preferred() : Transport.NIO;
        TestServer first = new TestServer(transport, ANSWER, Map.of());
        String listener = "PLAINTEXT://127.0.0.1:" + first.port();
        try (TestClient client = first.connect()) {
            client.call(RequestOrderTest.listGroups(), 1);
            first.close();
            assertThat(client.isClosedByServer()).isTrue();
            try (TestServer second = new TestServer(transport, ANSWER, Map.of("listeners", listener));
                    TestClient again = second.connect()) {
                assertThat(again.call(RequestOrderTest.listGroups(), 1)).isNotNull();
            }
        }
    }

    @Test
    void requestsAreCountedUnderKafkasNamesUntilTheServerCloses() throws Exception {
        ObjectName rate =
                new ObjectName("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=ListGroups,version=4");
        try (TestServer server = TestServer.start(ANSWER);
                TestClient client = server.connect()) {
            client.call(RequestOrderTest.listGroups(), 1);
            client.call(RequestOrderTest.listGroups(), 2);
            await().untilAsserted(() -> assertThat(
                            ManagementFactory.getPlatformMBeanServer().getAttribute(rate, "Count"))
                    .isEqualTo(2L));
        }
        assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(rate))
                .isFalse();
    }
}
