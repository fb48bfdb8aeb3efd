package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

/** A client that took more than its share (KIP-219). */
class RestTest {
    private static final int REST_MS = 300;

    /** The first request, and each connection of a flood, must rest. */
    private static TrafficLimits limits(int requestRestMs, int connectionRestMs) {
        return new TrafficLimits() {
            @Override
            public int restMs(Exchanged exchanged) {
                return exchanged.request().header().correlationId() == 0 ? requestRestMs : 0;
            }

            @Override
            public int connectionRestMs(InetAddress address) {
                return connectionRestMs;
            }
        };
    }

    @Test
    void itIsToldSoAtOnceAndNotServedUntilItHasRested() throws IOException {
        List<Long> handledNs = new CopyOnWriteArrayList<>();
        RequestHandler handler = request -> {
            handledNs.add(System.nanoTime());
            request.reply(RequestOrderTest.noGroups());
        };
        try (TestServer server = new TestServer(Transport.preferred(), handler, Map.of(), limits(REST_MS, 0));
                TestClient client = server.connect()) {
            RequestHeader first = client.send(RequestOrderTest.listGroups(), 0);
            RequestHeader second = client.send(RequestOrderTest.listGroups(), 1);
            AbstractResponse told = client.receive(first);
            assertThat(told.throttleTimeMs()).isEqualTo(REST_MS);
            assertThat(handledNs).hasSize(1);

            assertThat(client.receive(second).throttleTimeMs()).isZero();

            assertThat(handledNs.get(1) - handledNs.get(0)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(REST_MS - 50));
        }
    }

    @Test
    void restingKeepsNobodyElseFromBeingServed() throws IOException {
        RequestHandler handler = request -> request.reply(RequestOrderTest.noGroups());
        try (TestServer server = new TestServer(Transport.preferred(), handler, Map.of(), limits(60_000, 0));
                TestClient resting = server.connect();
                TestClient other = server.connect()) {
            assertThat(resting.call(RequestOrderTest.listGroups(), 0).throttleTimeMs())
                    .isEqualTo(60_000);

            assertThat(other.call(RequestOrderTest.listGroups(), 1).throttleTimeMs())
                    .isZero();
        }
    }

    @Test
    void theTimeAndTheBytesOfARequestAreCounted() throws IOException {
        List<TrafficLimits.Exchanged> counted = new CopyOnWriteArrayList<>();
        TrafficLimits limits = new TrafficLimits() {
            @Override
            public int restMs(Exchanged exchanged) {
                counted.add(exchanged);
                return 0;
            }

            @Override
            public int connectionRestMs(InetAddress address) {
                return 0;
            }
        };
        RequestHandler handler = request -> request.reply(RequestOrderTest.noGroups());
        try (TestServer server = new TestServer(Transport.preferred(), handler, Map.of(), limits);
                TestClient client = server.connect()) {
            client.call(RequestOrderTest.listGroups(), 0);
        }
        assertThat(counted).singleElement().satisfies(one -> {
            assertThat(one.handledNanos()).isPositive();
            assertThat(one.requestBytes()).isPositive();
            assertThat(one.answer()).isNotEqualTo(Optional.empty());
        });
    }

    @Test
    void aConnectionTooManyIsHeldAndThenClosed() throws IOException {
        RequestHandler handler = request -> request.reply(RequestOrderTest.noGroups());
        try (TestServer server = new TestServer(Transport.preferred(), handler, Map.of(), limits(0, REST_MS));
                TestClient client = server.connect()) {
            long beganNs = System.nanoTime();
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(System.nanoTime() - beganNs).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(REST_MS / 2));
        }
    }
}
