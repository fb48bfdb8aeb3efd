package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.regent.broker.api.ApiRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(router());
    }

    @AfterEach
    void theBrokerIsAlive() throws IOException {
        try (TestClient client = server.connect()) {
            assertThat(versions(client, apiVersions("regent-test", "1")).data().errorCode())
                    .isZero();
        } finally {
            server.close();
        }
    }

    private static ApiRouter router() {
        return ApiRouter.builder()
                .register(ApiKeys.LIST_GROUPS, request -> request.reply(RequestOrderTest.noGroups()))
                .register(ApiKeys.PRODUCE, request -> {
                    throw new UnknownServerException("as the test wants");
                })
                .build();
    }

    private static AbstractRequest apiVersions(String name, String version) {
        return new ApiVersionsRequest(
                new ApiVersionsRequestData().setClientSoftwareName(name).setClientSoftwareVersion(version), (short) 3);
    }

    private static ApiVersionsResponse versions(TestClient client, AbstractRequest request) throws IOException {
        return (ApiVersionsResponse) client.call(request, 1);
    }

    private static byte[] framed(String hex) {
        byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private static byte[] size(int size) {
        return ByteBuffer.allocate(4).putInt(size).array();
    }

    static Stream<Arguments> framesThatCloseTheConnection() {
        return Stream.of(
                Arguments.of("size -1", size(-1)),
                Arguments.of("size 0", size(0)),
                Arguments.of("size 2^31-1", size(Integer.MAX_VALUE)),
                Arguments.of("over socket.request.max.bytes", size(104857601)),
                Arguments.of("HTTP", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("a TLS hello", HexFormat.of().parseHex("16030100c8010000c40303")),
                Arguments.of("an unknown api key", framed("03e7 0000 00000001 ffff")),
                Arguments.of("a negative api key", framed("ffff 0000 00000001 ffff")),
                Arguments.of("an unsupported version", framed("0010 0063 00000001 ffff 00")),
                Arguments.of("a negative version", framed("0010 ffff 00000001 ffff")),
                Arguments.of("a truncated header", framed("0010 00")),
                Arguments.of("a missing body", framed("0000 0008 00000001 ffff")),
                Arguments.of("an array of 2^31-1", framed("0000 0003 00000001 ffff ffff 0001 00000000 7fffffff")),
                Arguments.of("an api key of KRaft only", framed("0034 0000 00000001 ffff 00 01 01 00")),
                Arguments.of("an api key that is not served", framed("0016 0000 00000001 ffff ffff 00000000")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void framesThatCloseTheConnection(String name, byte[] bytes) throws IOException {
        try (TestClient client = server.connect()) {
            client.sendRaw(bytes);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void answersBeforeABadFrameStillArrive() throws IOException {
        try (TestClient client = server.connect()) {
            client.call(RequestOrderTest.listGroups(), 1);
            client.sendRaw(size(-1));
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void apiVersionsOfAnUnknownVersionIsAnsweredInVersionZero() throws IOException {
        try (TestClient client = server.connect()) {
            client.sendRaw(framed("0012 7fff 00000005 ffff 00"));
            ByteBuffer frame = client.receiveFrame();
            assertThat(frame.getInt()).isEqualTo(5);
            ApiVersionsResponseData data = new ApiVersionsResponseData(new ByteBufferAccessor(frame), (short) 0);
            assertThat(data.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(data.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
        }
    }

    @Test
    void anEmptySoftwareNameIsAnInvalidRequest() throws IOException {
        try (TestClient client = server.connect()) {
            assertThat(versions(client, apiVersions("", "1")).data().errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Test
    void anExceptionInAHandlerIsTheRequestsOwnErrorResponse() throws IOException {
        try (TestClient client = server.connect()) {
            AbstractRequest produce = RequestOrderTest.produce((short) 1);
            RequestHeader header = client.send(produce, 3);
            assertThat(client.receive(header)).isNotNull();
            client.call(RequestOrderTest.listGroups(), 4);
        }
    }

    @Test
    void anExceptionThatNoResponseCanCarryClosesTheConnection() throws IOException {
        try (TestClient client = server.connect()) {
            client.send(RequestOrderTest.produce((short) 0), 3);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void randomFramesOnSocketsLeaveTheBrokerAlive() throws IOException {
        Random random = new Random(20250101);
        for (int i = 0; i < 100; i++) {
            byte[] frame = RequestDecoderTest.randomFrame(random);
            int size = random.nextInt(4) == 0 ? random.nextInt() : frame.length;
            try (TestClient client = server.connect()) {
                client.sendRaw(size(size));
                client.sendRaw(frame);
            } catch (SocketException closedWhileSending) {
                // Closing is the expected answer, and may come at any byte.
            }
        }
    }

    @Test
    void aPortInUseNamesListenerAndAddress() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> overrides = Map.of(
                    "listeners",
                    "FIRST://127.0.0.1:0,CLIENTS://127.0.0.1:" + taken.getLocalPort(),
                    "listener.security.protocol.map",
                    "FIRST:PLAINTEXT,CLIENTS:PLAINTEXT",
                    "inter.broker.listener.name",
                    "FIRST");
            RequestServer second = new RequestServer(TestServer.config(overrides));
            assertThatThrownBy(second::bind)
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("CLIENTS")
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aHostThatCannotBeResolvedIsNamed() {
        RequestServer lost =
                new RequestServer(TestServer.config(Map.of("listeners", "PLAINTEXT://no-such-host.invalid:0")));
        assertThatThrownBy(lost::bind)
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("no-such-host.invalid")
                .hasMessageContaining("cannot be resolved");
    }

    @Test
    void connectionsBeyondTheLimitOfTheirAddressAreClosed() throws IOException {
        try (TestServer limited =
                        new TestServer(Transport.preferred(), router(), Map.of("max.connections.per.ip", "2"));
                TestClient first = limited.connect()) {
            first.call(RequestOrderTest.listGroups(), 1);
            try (TestClient second = limited.connect();
                    TestClient third = limited.connect()) {
                second.call(RequestOrderTest.listGroups(), 1);
                assertThat(third.isClosedByServer()).isTrue();
            }
            await().untilAsserted(() -> {
                try (TestClient next = limited.connect()) {
                    next.call(RequestOrderTest.listGroups(), 1);
                }
            });
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws IOException {
        try (TestServer impatient =
                        new TestServer(Transport.preferred(), router(), Map.of("connections.max.idle.ms", "100"));
                TestClient client = impatient.connect()) {
            client.call(RequestOrderTest.listGroups(), 1);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
