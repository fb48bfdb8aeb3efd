package io.regent.broker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

class ConfigChangeTest {
    private static final Map<String, String> BEFORE = Map.of("retention.ms", "1", "cleanup.policy", "delete");

    @Test
    void keysAreSetAndDeleted() {
        assertThat(apply(BEFORE, op("retention.ms", OpType.SET, "2"), op("cleanup.policy", OpType.DELETE, null)))
                .isEqualTo(Map.of("retention.ms", "2"));
        assertThat(apply(BEFORE, op("never.set", OpType.DELETE, null))).isEqualTo(BEFORE);
    }

    @Test
    void elementsOfAListAreAddedOnceAndTakenAway() {
        assertThat(apply(BEFORE, op("cleanup.policy", OpType.APPEND, "compact,delete")))
                .containsEntry("cleanup.policy", "delete,compact");
        assertThat(apply(Map.of("cleanup.policy", "delete,compact"), op("cleanup.policy", OpType.SUBTRACT, "delete")))
                .containsEntry("cleanup.policy", "compact");
    }

    @Test
    void aListThatIsNotSetBeginsWithItsDefault() {
        assertThat(apply(Map.of(), op("cleanup.policy", OpType.APPEND, "compact")))
                .containsEntry("cleanup.policy", "delete,compact");
        assertThat(apply(Map.of(), op("leader.replication.throttled.replicas", OpType.APPEND, "0:1")))
                .containsEntry("leader.replication.throttled.replicas", "0:1");
    }

    @Test
    void makingAChangeTwiceComesToTheSameAsOnce() {
        ConfigChange.Op[] ops = {
            op("retention.ms", OpType.SET, "2"),
            op("cleanup.policy", OpType.APPEND, "compact"),
            op("leader.replication.throttled.replicas", OpType.SUBTRACT, "0:1")
        };
        Map<String, String> once = apply(BEFORE, ops);
        assertThat(apply(once, ops)).isEqualTo(once);
    }

    @Test
    void onlyListsTakeElements() {
        assertThatThrownBy(() -> apply(BEFORE, op("retention.ms", OpType.APPEND, "2")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("append is not allowed for config key: retention.ms");
        assertThatThrownBy(() -> apply(BEFORE, op("retention.ms", OpType.SUBTRACT, "2")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("subtract");
        assertThatThrownBy(() -> apply(BEFORE, op("no.such.key", OpType.APPEND, "2")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("no.such.key");
    }

    @Test
    void aMalformedChangeIsRefused() {
        assertThatThrownBy(
                        () -> apply(BEFORE, op("retention.ms", OpType.SET, "1"), op("retention.ms", OpType.SET, "2")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("duplicate config keys");
        assertThatThrownBy(() -> apply(BEFORE, op("retention.ms", OpType.SET, null)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Null value not supported for : retention.ms");
        assertThatThrownBy(() -> new ConfigChange(List.of(new ConfigChange.Op("retention.ms", (byte) 9, "1"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Unknown operations type 9");
    }

    private static ConfigChange.Op op(String key, OpType type, String value) {
        return new ConfigChange.Op(key, type.id(), value);
    }

    private static Map<String, String> apply(Map<String, String> before, ConfigChange.Op... ops) {
        return new ConfigChange(List.of(ops))
                .apply(before, key -> Optional.ofNullable(LogConfig.configKeys().get(key)));
    }
}
