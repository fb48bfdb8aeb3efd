package io.regent.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @Test
    void aNodeIsNamedByIdByRoleOrByWhatItLeads() {
        assertThat(Target.parse(List.of("2"))).isEqualTo(new Target.Broker(2));
        assertThat(Target.parse(List.of("controller"))).isEqualTo(new Target.Controller());
        assertThat(Target.parse(List.of("zookeeper"))).isEqualTo(new Target.ZooKeeper());
        assertThat(Target.parse(List.of("leader-of", "my-orders-12"))).isEqualTo(new Target.LeaderOf("my-orders", 12));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "broker-1", "leader-of", "leader-of orders", "leader-of -1", "leader-of a-b", "1 2"})
    void anythingElseIsRefused(String words) {
        List<String> target = List.of(words.split(" ", -1));
        assertThatThrownBy(() -> Target.parse(target)).isInstanceOf(CommandFailure.class);
    }
}
