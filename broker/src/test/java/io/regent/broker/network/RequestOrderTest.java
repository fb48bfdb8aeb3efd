package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestOrderTest {
    private static final short LIST_GROUPS_VERSION = 4;

    static List<Transport> transports() {
        return TestServer.transports().toList();
    }

    static ProduceRequest produce(short acks) {
        return ProduceRequest.forMagic(
                        (byte) 2, new ProduceRequestData().setAcks(acks).setTimeoutMs(1000))
                .build();
    }

    static AbstractRequest listGroups() {
        return new ListGroupsRequest.Builder(new ListGroupsRequestData()).build(LIST_GROUPS_VERSION);
    }

    static ListGroupsResponse noGroups() {
        return new ListGroupsResponse(new ListGroupsResponseData());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void producesOverlapAndTheirAnswersLeaveInOrderEvenWhenGivenInReverse(Transport transport) throws IOException {
        List<Request> waiting = new CopyOnWriteArrayList<>();
        try (TestServer server = new TestServer(transport, waiting::add, Map.of());
                TestClient client = server.connect()) {
            List<RequestHeader> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                sent.add(client.send(produce((short) -1), i));
            }
            await().until(() -> waiting.size() == 5);
            assertThat(waiting)
                    .extracting(request -> request.header().correlationId())
                    .containsExactly(0, 1, 2, 3, 4);
            List<Request> reversed = new ArrayList<>(waiting);
            Collections.reverse(reversed);
            for (Request request : reversed) {
                request.reply(new ProduceResponse(new ProduceResponseData()
                        .setThrottleTimeMs(100 + request.header().correlationId())));
            }
            for (RequestHeader header : sent) {
                assertThat(client.receive(header).throttleTimeMs()).isEqualTo(100 + header.correlationId());
            }
        }
    }

    @Test
    void aRequestIsHandledOnlyAfterTheOneBeforeItIsAnswered() throws IOException {
        List<Request> handled = new CopyOnWriteArrayList<>();
        try (TestServer server = TestServer.start(handled::add);
                TestClient client = server.connect();
                TestClient other = server.connect()) {
            RequestHeader first = client.send(listGroups(), 1);
            RequestHeader second = client.send(listGroups(), 2);
            await().until(() -> handled.size() == 1);
            // A whole round trip on another connection: whatever could have been handed on by now has been.
            RequestHeader elsewhere = other.send(listGroups(), 7);
            await().until(() -> handled.size() == 2);
            handled.get(1).reply(noGroups());
            other.receive(elsewhere);
            assertThat(handled).hasSize(2);

            handled.get(0).reply(noGroups());
            client.receive(first);
            await().until(() -> handled.size() == 3);
            handled.get(2).reply(noGroups());
            client.receive(second);
        }
    }

    @Test
    void aProduceWithoutAcksIsNotAnsweredAndHoldsNothingUp() throws IOException {
        RequestHandler handler = request -> {
            if (request.body() instanceof ProduceRequest) {
                request.replyNothing();
            } else {
                request.reply(noGroups());
            }
        };
        try (TestServer server = TestServer.start(handler);
                TestClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                client.send(produce((short) 0), i);
            }
            client.call(listGroups(), 99);
        }
    }

    @ParameterizedTest
    @CsvSource({"queued.max.requests, 1", "queued.max.request.bytes, 1000"})
    void manyPipelinedRequestsOnManyConnectionsAreAllAnsweredInOrder(String key, String bound) throws Exception {
        try (ExecutorService answering = Executors.newFixedThreadPool(3);
                TestServer server = new TestServer(
                        Transport.preferred(),
                        request -> answering.execute(() -> request.reply(noGroups())),
                        Map.of(key, bound, "socket.request.max.bytes", "1000"))) {
            Map<Integer, TestClient> clients = new HashMap<>();
            ConcurrentLinkedQueue<RequestHeader> sent = new ConcurrentLinkedQueue<>();
            for (int c = 0; c < 20; c++) {
                clients.put(c, server.connect());
            }
            for (int i = 0; i < 2000; i++) {
                sent.add(clients.get(i % 20).send(listGroups(), i));
            }
            for (RequestHeader header : sent) {
                clients.get(header.correlationId() % 20).receive(header);
            }
            for (TestClient client : clients.values()) {
                client.close();
            }
        }
    }
}
