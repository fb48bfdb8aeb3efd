package io.regent.broker.network;

import io.regent.broker.BrokerConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.network.ListenerName;

/** A request server on a free loopback port, for one test. */
final class TestServer implements AutoCloseable {
    private final RequestServer server;

    TestServer(Transport transport, RequestHandler handler, Map<String, String> overrides) {
        this(transport, handler, overrides, TrafficLimits.NONE);
    }

    TestServer(Transport transport, RequestHandler handler, Map<String, String> overrides, TrafficLimits limits) {
        server = new RequestServer(config(overrides), transport);
        server.limitTraffic(limits);
        server.bind();
        server.serve(handler);
    }

    static TestServer start(RequestHandler handler) {
        return new TestServer(Transport.preferred(), handler, Map.of());
    }

    static Stream<Transport> transports() {
        return Stream.of(Transport.NIO, Transport.preferred()).distinct();
    }

    static BrokerConfig config(Map<String, String> overrides) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "zookeeper.connect", "127.0.0.1:2181",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "num.network.threads", "2",
                "num.io.threads", "4"));
        properties.putAll(overrides);
        return BrokerConfig.fromMap(properties);
    }

    int port() {
        return server.boundPort(new ListenerName("PLAINTEXT"));
    }

    long directMemoryBytes() {
        return server.directMemoryBytes();
    }

    TestClient connect() throws IOException {
        return new TestClient(port());
    }

    @Override
    public void close() {
        server.close();
    }
}
