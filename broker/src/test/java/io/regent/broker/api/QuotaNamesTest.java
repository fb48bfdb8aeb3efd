package io.regent.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.junit.jupiter.api.Test;

class QuotaNamesTest {
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private static void same(Map<String, String> entity, EntityType type, String name) {
        QuotaNames.Stored stored = QuotaNames.stored(entity);
        assertThat(stored).isEqualTo(new QuotaNames.Stored(type, name));
        assertThat(stored.entity()).isEqualTo(entity);
    }

    @Test
    void entitiesAreKeptWhereKafkaKeepsThem() {
        same(Map.of("user", "al ice"), EntityType.USERS, "al%20ice");
        same(Map.of("client-id", "a/b"), EntityType.CLIENTS, "a%2Fb");
        same(Map.of("user", "alice", "client-id", "app"), EntityType.USERS, "alice/clients/app");
        same(Map.of("ip", "127.0.0.1"), EntityType.IPS, "127.0.0.1");
        same(Collections.singletonMap("user", null), EntityType.USERS, "<default>");
        Map<String, String> defaultClient = new TreeMap<>(Map.of("user", "alice"));
        defaultClient.put("client-id", null);
        same(defaultClient, EntityType.USERS, "alice/clients/<default>");
    }

    @Test
    void whatCannotHaveQuotasIsRefused() {
        refused(Map.of(), "empty client quota entity");
        refused(Map.of("user", ""), "Empty user not supported");
        refused(Map.of("group", "g"), "Unhandled client quota entity type: group");
        refused(Map.of("ip", "127.0.0.1", "user", "alice"), "IP entity should not be used");
    }

    private static void refused(Map<String, String> entity, String why) {
        assertThatThrownBy(() -> QuotaNames.stored(entity))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aFilterMatchesExactlyByDefaultOrAtAll() {
        assertThat(filter(false, component("user", EXACT, "alice")).matches(Map.of("user", "alice")))
                .isTrue();
        assertThat(filter(false, component("user", EXACT, "alice")).matches(Map.of("user", "bob")))
                .isFalse();
        assertThat(filter(false, component("user", DEFAULT, null)).matches(Collections.singletonMap("user", null)))
                .isTrue();
        assertThat(filter(false, component("user", ANY, null)).matches(Map.of("user", "bob")))
                .isTrue();
        assertThat(filter(false, component("user", ANY, null)).matches(Map.of("client-id", "app")))
                .isFalse();
        assertThat(filter(false).matches(Map.of("ip", "127.0.0.1"))).isTrue();
    }

    @Test
    void aStrictFilterWantsNoPartThatItDoesNotName() {
        Map<String, String> both = Map.of("user", "alice", "client-id", "app");
        assertThat(filter(false, component("user", EXACT, "alice")).matches(both))
                .isTrue();
        assertThat(filter(true, component("user", EXACT, "alice")).matches(both))
                .isFalse();
    }

    @Test
    void aFilterThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> filter(false, component("user", ANY, null), component("user", ANY, null)))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> filter(false, component("ip", ANY, null), component("user", ANY, null)))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> filter(false, component("", ANY, null))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> filter(false, component("moon", ANY, null)))
                .isInstanceOf(UnsupportedVersionException.class);
    }

    private static ComponentData component(String type, byte match, String name) {
        return new ComponentData().setEntityType(type).setMatchType(match).setMatch(name);
    }

    private static QuotaFilter filter(boolean strict, ComponentData... components) {
        return new QuotaFilter(
                new DescribeClientQuotasRequestData().setStrict(strict).setComponents(List.of(components)));
    }
}
