package io.regent.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.log.FakeTime;
import io.regent.broker.network.Request;
import io.regent.broker.network.TrafficLimits.Exchanged;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientQuotasTest {
    private static final int SAMPLES = 11;

    private final FakeTime time = new FakeTime(1_700_000_000_000L);
    private final Metrics metrics = new Metrics(time);
    private final ClientQuotas quotas = new ClientQuotas(metrics, time, SAMPLES, 1);

    @AfterEach
    void close() {
        metrics.close();
    }

    private static Exchanged request(AbstractRequest body, String clientId, int bytes, long nanos) {
        RequestHeader header = new RequestHeader(body.apiKey(), body.version(), clientId, 1);
        RequestContext context = new RequestContext(
                header,
                "connection",
                InetAddress.getLoopbackAddress(),
                KafkaPrincipal.ANONYMOUS,
                new ListenerName("PLAINTEXT"),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
        return new Exchanged(new Request(context, body, null), bytes, nanos, Optional.empty());
    }

    private int produce(String clientId, int bytes) {
        ProduceRequest body = ProduceRequest.forMagic(
                        (byte) 2, new ProduceRequestData().setAcks((short) 1).setTimeoutMs(1000))
                .build();
        return quotas.restMs(request(body, clientId, bytes, 0));
    }

    private int work(String clientId, long nanos) {
        return quotas.restMs(
                request(new ListGroupsRequest.Builder(new ListGroupsRequestData()).build(), clientId, 100, nanos));
    }

    @Test
    void withoutQuotasNobodyRests() {
        assertThat(produce("app", 1_000_000_000)).isZero();
        assertThat(quotas.connectionRestMs(InetAddress.getLoopbackAddress())).isZero();
    }

    @Test
    void whoProducesTooFastRestsUntilTheRateIsDown() {
        quotas.setClient("app", Map.of("producer_byte_rate", "1000"));

        assertThat(produce("app", 5_000)).isZero();
        int restMs = produce("app", 10_000);
        assertThat(restMs).isBetween(1, SAMPLES * 1_000);
        assertThat(produce("other", 10_000_000)).isZero();

        time.sleep(60_000);
        assertThat(produce("app", 100)).isZero();
    }

    @Test
    void noRestIsLongerThanTheRateIsRemembered() {
        quotas.setClient("app", Map.of("producer_byte_rate", "1"));
        assertThat(produce("app", 1_000_000_000)).isEqualTo(SAMPLES * 1_000);
    }

    @Test
    void theClosestQuotaCounts() {
        quotas.setClient("<default>", Map.of("producer_byte_rate", "1"));
        assertThat(produce("app", 10_000)).isPositive();

        quotas.setClient("app", Map.of("producer_byte_rate", "1000000000"));
        assertThat(produce("app", 10_000)).isZero();

        quotas.setUser("ANONYMOUS", Map.of("producer_byte_rate", "1"));
        assertThat(produce("app", 10_000)).isPositive();

        quotas.setUser("ANONYMOUS/clients/app", Map.of("producer_byte_rate", "1000000000"));
        assertThat(produce("app", 10_000)).isZero();
    }

    @Test
    void clientsOfADefaultHaveSharesOfTheirOwn() {
        quotas.setClient("<default>", Map.of("producer_byte_rate", "1000"));
        assertThat(produce("greedy", 100_000)).isPositive();
        assertThat(produce("modest", 100)).isZero();
    }

    @Test
    void aQuotaThatIsRaisedOrTakenAwayCountsAtOnce() {
        quotas.setClient("app", Map.of("producer_byte_rate", "1"));
        assertThat(produce("app", 10_000)).isPositive();
        quotas.setClient("app", Map.of("producer_byte_rate", "1000000"));
        assertThat(produce("app", 10_000)).isZero();
        quotas.setClient("app", Map.of());
        assertThat(produce("app", 1_000_000_000)).isZero();
    }

    @Test
    void timeOfThreadsIsMeasuredInPercentOfOneThread() {
        quotas.setUser("<default>", Map.of("request_percentage", "10"));
        assertThat(work("app", 1_000_000)).isZero();
        assertThat(work("app", 5_000_000_000L)).isPositive();
    }

    @Test
    void otherBrokersHaveNoQuota() {
        quotas.setClient("<default>", Map.of("request_percentage", "0.001"));
        FetchRequest follower = FetchRequest.Builder.forReplica((short) 12, 2, 1, 0, 1, Map.of())
                .build((short) 12);
        assertThat(quotas.restMs(request(follower, "broker-2-fetcher", 100, 5_000_000_000L)))
                .isZero();
    }

    @Test
    void connectionsOfAnAddressMayComeNoFasterThanItsLimit() throws Exception {
        InetAddress address = InetAddress.getByName("127.0.0.9");
        quotas.setAddress(Optional.empty(), OptionalDouble.of(1));
        int held = 0;
        for (int i = 0; i < 50; i++) {
            held += quotas.connectionRestMs(address) > 0 ? 1 : 0;
        }
        assertThat(held).isBetween(1, 49);

        quotas.setAddress(Optional.of(address), OptionalDouble.of(1_000));
        assertThat(quotas.connectionRestMs(address)).isZero();
    }
}
