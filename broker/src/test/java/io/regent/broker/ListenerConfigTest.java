package io.regent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerConfigTest {
    private static final String DEFAULT_MAP =
            "PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:plaintext";

    private final List<String> problems = new ArrayList<>();

    private ListenerConfig parse(String listeners, String advertised, String interBroker) {
        ListenerConfig.Source source = new ListenerConfig.Source(listeners, advertised, DEFAULT_MAP, interBroker, null);
        return ListenerConfig.parse(source, () -> "canonical.example", problems);
    }

    private static Endpoint plaintext(String name, String host, int port) {
        return new Endpoint(name, SecurityProtocol.PLAINTEXT, host, port);
    }

    @Test
    void anEmptyHostBindsEverywhereAndAdvertisesTheCanonicalName() {
        ListenerConfig config = parse("PLAINTEXT://:9092", null, null);
        assertThat(config.bound()).containsExactly(plaintext("PLAINTEXT", "", 9092));
        assertThat(config.advertised()).containsExactly(plaintext("PLAINTEXT", "canonical.example", 9092));
        assertThat(config.interBroker()).isEqualTo(new ListenerName("PLAINTEXT"));
    }

    @Test
    void namesAreUpperCasedAndHostsMayBeIpv6() {
        ListenerConfig config = parse(
                "internal://[::1]:9093, External://0.0.0.0:9094",
                "INTERNAL://[fe80::1%eth0]:9093,EXTERNAL://broker-1.example.com:19094",
                "internal");
        assertThat(config.boundFor(new ListenerName("INTERNAL"))).isEqualTo(plaintext("INTERNAL", "::1", 9093));
        assertThat(config.advertised())
                .containsExactly(
                        plaintext("INTERNAL", "fe80::1%eth0", 9093),
                        plaintext("EXTERNAL", "broker-1.example.com", 19094));
        assertThat(config.interBroker()).isEqualTo(new ListenerName("INTERNAL"));
    }

    @Test
    void onePortMayServeOneIpv4AndOneIpv6Address() {
        ListenerConfig config = parse("INTERNAL://127.0.0.1:9092,EXTERNAL://[::1]:9092", null, "INTERNAL");
        assertThat(problems).isEmpty();
        assertThat(config.bound()).hasSize(2);
    }

    @Test
    void portZeroMayOccurOften() {
        assertThat(parse("INTERNAL://127.0.0.1:0,EXTERNAL://127.0.0.1:0", null, "INTERNAL"))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "PLAINTEXT:9092                                   | -                  | -    | listeners | not of the form",
                "PLAINTEXT://:90920                               | -                  | -    | listeners | between 0 and 65535",
                "PLAINTEXT://:99999999999                         | -                  | -    | listeners | between 0 and 65535",
                "''                                               | -                  | -    | listeners | at least one",
                "PLAINTEXT://:9092,PLAINTEXT://:9093              | -                  | -    | listeners | different name",
                "PLAINTEXT://:9092,INTERNAL://:9092               | -                  | -    | listeners | different port",
                "WHO://:9092                                      | -                  | WHO  | listeners | no security protocol",
                "SSL://:9092                                      | -                  | SSL  | listeners | SSL, which is not supported",
                "SASL_PLAINTEXT://:9092                           | -    | SASL_PLAINTEXT     | listeners | not supported",
                "PLAINTEXT://0.0.0.0:9092                         | -                  | -    | listeners | 0.0.0.0",
                "PLAINTEXT://:9092 | PLAINTEXT://0.0.0.0:9092          | -    | advertised.listeners | 0.0.0.0",
                "PLAINTEXT://:9092 | INTERNAL://h:1,PLAINTEXT://h:2    | -    | advertised.listeners | not among the listeners",
                "PLAINTEXT://:9092 | PLAINTEXT://h:0                   | -    | advertised.listeners | port 0",
                "PLAINTEXT://:9092 | -                       | INTERNAL | inter.broker.listener.name | not an advertised listener",
            })
    void whatCannotBeIsRefusedUnderItsKey(
            String listeners, String advertised, String interBroker, String key, String reason) {
        assertThat(parse(listeners, advertised, interBroker)).isNull();
        assertThat(problems)
                .anySatisfy(problem -> assertThat(problem).startsWith(key).contains(reason));
    }

    @Test
    void badEntriesOfTheProtocolMapAreNamed() {
        ListenerConfig.Source source = new ListenerConfig.Source(
                "A://:1", null, "A:PLAINTEXT,B:CARRIER_PIGEON,A:SSL,nonsense", "A", "PLAINTEXT");
        assertThat(ListenerConfig.parse(source, () -> "h", problems)).isNull();
        assertThat(problems)
                .anySatisfy(problem -> assertThat(problem).contains("CARRIER_PIGEON"))
                .anySatisfy(problem -> assertThat(problem).contains("mapped twice"))
                .anySatisfy(problem -> assertThat(problem).contains("'nonsense'"))
                .anySatisfy(problem -> assertThat(problem).contains("cannot both be set"));
    }
}
