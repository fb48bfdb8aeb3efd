package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);

    private final RequestDecoder decoder = new RequestDecoder("id-0", PEER, new ListenerName("INTERNAL"), true);

    /** A header that is often right, in front of a body that hardly ever is. */
    static byte[] randomFrame(Random random) {
        byte[] body = new byte[random.nextInt(96)];
        random.nextBytes(body);
        if (random.nextBoolean()) {
            Arrays.fill(body, (byte) (random.nextInt(3) - 1));
        }
        return ByteBuffer.allocate(10 + body.length)
                .putShort((short) (random.nextInt(84) - 2))
                .putShort((short) random.nextInt(18))
                .putInt(random.nextInt())
                .putShort((short) -1)
                .put(body)
                .array();
    }

    private Request decode(AbstractRequest body) {
        RequestHeader header = new RequestHeader(body.apiKey(), body.version(), "a-client", 12);
        return decoder.decode(body.serializeWithHeader(header), null);
    }

    @Test
    void twentyThousandRandomFramesAreRequestsOrAreRefused() {
        Random random = new Random(42);
        int requests = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = randomFrame(random);
            try {
                decoder.decode(ByteBuffer.wrap(frame), null);
                requests++;
            } catch (InvalidRequestException refused) {
                assertThat(refused).hasMessageContaining("not a valid request");
            }
        }
        assertThat(requests).isBetween(1, 19_999);
    }

    @Test
    void theContextTellsWhereARequestCameFrom() {
        RequestContext context = decode(RequestOrderTest.listGroups()).context();
        assertThat(context.listenerName()).isEqualTo("INTERNAL");
        assertThat(context.clientAddress()).isEqualTo(PEER.getAddress());
        assertThat(context.clientPort).contains(4711);
        assertThat(context.principal()).isEqualTo(KafkaPrincipal.ANONYMOUS);
        assertThat(context.clientId()).isEqualTo("a-client");
        assertThat(context.correlationId()).isEqualTo(12);
        assertThat(context.fromPrivilegedListener).isTrue();
    }

    @Test
    void theSoftwareThatApiVersionsNamedIsKnownToLaterRequests() {
        decode(new ApiVersionsRequest(
                new ApiVersionsRequestData().setClientSoftwareName("librdkafka").setClientSoftwareVersion("2.0.2"),
                (short) 3));
        Request later = decode(RequestOrderTest.listGroups());
        assertThat(later.context().clientInformation.softwareName()).isEqualTo("librdkafka");
        assertThat(later.apiKey()).isEqualTo(ApiKeys.LIST_GROUPS);
    }

    @Test
    void anAnswerIsGivenAtMostOnce() {
        Request request = new Request(
                decode(RequestOrderTest.listGroups()).context(),
                RequestOrderTest.listGroups(),
                new IgnoringResponder());
        request.reply(RequestOrderTest.noGroups());
        assertThatCode(() -> request.reply(RequestOrderTest.noGroups()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ListGroups");
        assertThatCode(() -> request.fail(new CompletionException(new TimeoutException("after the answer"))))
                .doesNotThrowAnyException();
    }

    private static final class IgnoringResponder implements Request.Responder {
        @Override
        public void reply(Request request, AbstractResponse response) {}

        @Override
        public void replyNothing(Request request) {}

        @Override
        public void disconnect(Request request, String reason) {}
    }
}
