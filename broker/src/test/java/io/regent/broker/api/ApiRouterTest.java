package io.regent.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;

class ApiRouterTest {
    /** What a Kafka 3.9.2 broker in ZooKeeper mode was seen to advertise; every lowest version is 0. */
    private static final String KAFKA_3_9_ZOOKEEPER_MODE = "0:11 1:17 2:9 3:12 4:7 5:4 6:8 7:3 8:9 9:9 10:6 11:9 12:4 "
            + "13:5 14:5 15:5 16:5 17:1 18:4 19:7 20:6 21:2 22:5 23:4 24:5 25:4 26:4 27:1 28:4 29:3 30:3 31:3 32:4 33:2 "
            + "34:2 35:4 36:2 37:3 38:3 39:2 40:2 41:3 42:2 43:2 44:1 45:0 46:0 47:0 48:1 49:1 50:0 51:0 56:3 57:1 58:0 "
            + "60:1 61:0 65:0 66:1 67:0 68:0 69:0";

    private static final RequestHandler UNUSED = request -> {
        throw new AssertionError("not asked");
    };

    private final Answer answer = new Answer();

    private static final class Answer implements Request.Responder {
        private AbstractResponse response;
        private String disconnectReason;

        @Override
        public void reply(Request request, AbstractResponse given) {
            response = given;
        }

        @Override
        public void replyNothing(Request request) {}

        @Override
        public void disconnect(Request request, String reason) {
            disconnectReason = reason;
        }
    }

    private Request request(AbstractRequest body) {
        RequestHeader header = new RequestHeader(body.apiKey(), body.version(), "client", 1);
        RequestContext context = new RequestContext(
                header,
                "connection",
                InetAddress.getLoopbackAddress(),
                KafkaPrincipal.ANONYMOUS,
                new ListenerName("PLAINTEXT"),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
        return new Request(context, body, answer);
    }

    private static ApiVersionsRequest apiVersions() {
        return new ApiVersionsRequest(
                new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1"), (short) 3);
    }

    private static Map<Short, Short> kafkasHighest() {
        return Arrays.stream(KAFKA_3_9_ZOOKEEPER_MODE.split(" "))
                .map(entry -> entry.split(":"))
                .collect(Collectors.toMap(entry -> Short.valueOf(entry[0]), entry -> Short.valueOf(entry[1])));
    }

    @Test
    void allOfKafkasApisAreAdvertisedInKafkasVersionsOnceTheyHaveHandlers() {
        ApiRouter.Builder builder = ApiRouter.builder();
        kafkasHighest().keySet().stream()
                .map(ApiKeys::forId)
                .filter(key -> key != ApiKeys.API_VERSIONS)
                .forEach(key -> builder.register(key, UNUSED));
        builder.build().handle(request(apiVersions()));
        ApiVersionsResponse response = (ApiVersionsResponse) answer.response;
        assertThat(response.data().apiKeys()).allMatch(version -> version.minVersion() == 0);
        assertThat(response.data().apiKeys().stream()
                        .collect(Collectors.toMap(ApiVersion::apiKey, ApiVersion::maxVersion)))
                .isEqualTo(kafkasHighest());
    }

    @Test
    void onlyWhatHasAHandlerIsAdvertised() {
        ApiRouter router =
                ApiRouter.builder().register(ApiKeys.METADATA, UNUSED).build();
        router.handle(request(apiVersions()));
        ApiVersionsResponse response = (ApiVersionsResponse) answer.response;
        assertThat(response.data().apiKeys())
                .extracting(ApiVersion::apiKey)
                .containsExactlyInAnyOrder(
                        ApiKeys.METADATA.id,
                        ApiKeys.API_VERSIONS.id,
                        ApiKeys.SASL_HANDSHAKE.id,
                        ApiKeys.SASL_AUTHENTICATE.id);
        assertThat(response.data().supportedFeatures()).isEmpty();
        assertThat(response.data().finalizedFeatures()).isEmpty();
        assertThat(response.zkMigrationReady()).isFalse();
    }

    @Test
    void aKeyWithoutHandlerClosesTheConnection() {
        ApiRouter.builder().build().handle(request(new ListGroupsRequest(new ListGroupsRequestData(), (short) 4)));
        assertThat(answer.response).isNull();
        assertThat(answer.disconnectReason).contains("LIST_GROUPS");
    }

    @Test
    void saslOnAPlaintextListenerIsAnIllegalState() {
        ApiRouter.builder()
                .build()
                .handle(request(
                        new SaslHandshakeRequest(new SaslHandshakeRequestData().setMechanism("PLAIN"), (short) 1)));
        assertThat(answer.response.errorCounts()).containsOnlyKeys(Errors.ILLEGAL_SASL_STATE);
    }

    @Test
    void twoHandlersForOneKeyAreAWiringError() {
        ApiRouter.Builder builder = ApiRouter.builder().register(ApiKeys.FETCH, UNUSED);
        assertThatThrownBy(() -> builder.register(ApiKeys.FETCH, UNUSED)).hasMessageContaining("FETCH");
    }
}
