package io.regent.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.broker.BrokerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;

class DynamicConfigTest {
    @Test
    void whatIsSetForThisBrokerBeatsWhatIsSetForAllAndBothBeatTheFile() {
        DynamicConfig config = config("log.retention.ms", "1", "message.max.bytes", "1000", "num.io.threads", "4");

        config.become(
                Map.of("log.retention.ms", "2", "message.max.bytes", "2000"), Map.of("message.max.bytes", "3000"));

        assertThat(config.layers().effective().getLong("log.retention.ms")).isEqualTo(2);
        assertThat(config.layers().effective().getInt("message.max.bytes")).isEqualTo(3000);
        assertThat(config.layers().effective().numIoThreads()).isEqualTo(4);
        config.become(Map.of(), Map.of());
        assertThat(config.layers().effective().getInt("message.max.bytes")).isEqualTo(1000);
    }

    @Test
    void aValueSetAtRunTimeHoldsUntilItIsTakenBack() {
        DynamicConfig config = config("log.roll.ms", "5");

        config.become(Map.of("log.roll.ms", "7"), Map.of());
        assertThat(config.layers().effective().getLong("log.roll.ms")).isEqualTo(7);

        config.become(Map.of(), Map.of());
        assertThat(config.layers().effective().getLong("log.roll.ms")).isEqualTo(5);
    }

    @Test
    void partsHearOfTheConfigurationAtOnceAndOfEachChange() {
        DynamicConfig config = config();
        List<Integer> seen = new ArrayList<>();
        config.follow(now -> seen.add(now.effective().numIoThreads()));

        config.become(Map.of("num.io.threads", "16"), Map.of());
        config.become(Map.of("num.io.threads", "16"), Map.of());

        assertThat(seen).containsExactly(8, 16);
    }

    @Test
    void aPartThatFailsDoesNotKeepTheOthersFromTheirs() {
        DynamicConfig config = config();
        List<Integer> seen = new ArrayList<>();
        config.follow(now -> {
            if (!now.ofBroker().isEmpty()) {
                throw new IllegalStateException("broken");
            }
        });
        config.follow(now -> seen.add(now.effective().numIoThreads()));

        config.become(Map.of(), Map.of("num.io.threads", "9"));

        assertThat(seen).containsExactly(8, 9);
    }

    @Test
    void storedGarbageIsLeftOutAndTheRestCounts() {
        DynamicConfig config = config();

        config.become(
                Map.of("num.io.threads", "many", "no.such.key", "1", "log.dirs", "/tmp", "log.retention.ms", "9"),
                Map.of());

        assertThat(config.layers().effective().numIoThreads()).isEqualTo(8);
        assertThat(config.layers().effective().getLong("log.retention.ms")).isEqualTo(9);
        assertThat(config.layers().ofCluster()).containsOnlyKeys("log.retention.ms");
    }

    @Test
    void valuesThatCannotBeTogetherLeaveTheConfigurationAsItWas() {
        DynamicConfig config = config();
        config.become(Map.of("log.retention.ms", "9"), Map.of());

        config.become(Map.of("log.cleaner.dedupe.buffer.size", "1048576"), Map.of());

        assertThat(config.layers().effective().getLong("log.retention.ms")).isEqualTo(9);
    }

    @Test
    void aKeyThatCannotBeAlteredIsRefusedByName() {
        refused(Map.of("log.dirs", "/x"), true, "Cannot update these configs dynamically: log.dirs");
        refused(Map.of("no.such.key", "1"), true, "Unknown broker config name: no.such.key");
        refused(Map.of("listeners", "PLAINTEXT://:1"), false, "broker id must be specified: listeners");
        refused(Map.of("listeners", "PLAINTEXT://:1"), true, "listeners cannot be changed while");
        refused(Map.of("listener.name.external.ssl.keystore.location", "/x"), true, "cannot be changed while");
        refused(Map.of("num.network.threads", "4"), false, "num.network.threads cannot be changed while");
    }

    @Test
    void aValueThatCannotBeIsRefusedByName() {
        refused(Map.of("num.io.threads", "abc"), true, "num.io.threads");
        refused(Map.of("log.segment.bytes", "1"), false, "log.segment.bytes");
        refused(Map.of("leader.replication.throttled.rate", "-1"), true, "leader.replication.throttled.rate");
        refused(Map.of("log.cleanup.policy", "burn"), false, "log.cleanup.policy");
        refused(Map.of("log.cleaner.dedupe.buffer.size", "1048576"), false, "log.cleaner.dedupe.buffer.size");
    }

    @Test
    void threadPoolsGrowAndShrinkByAFactorOfTwoAtMost() {
        refused(Map.of("num.io.threads", "17"), true, "not be greater than double the current value 8");
        refused(Map.of("num.io.threads", "3"), true, "at least half the current value 8");
        refused(Map.of("num.replica.fetchers", "0"), false, "num.replica.fetchers");
        assertThatCode(() -> config().check(Map.of(), Map.of("num.io.threads", "16"), true))
                .doesNotThrowAnyException();
    }

    @Test
    void whatOthersStoredBeforeNeedNotBeSoundForAnotherKeyToBeSet() {
        Map<String, String> stored = Map.of("plugin.key", "1");
        Map<String, String> proposed = Map.of("plugin.key", "1", "log.retention.ms", "5");

        assertThatCode(() -> config().check(stored, proposed, true)).doesNotThrowAnyException();
    }

    private static void refused(Map<String, String> proposed, boolean perBroker, String why) {
        assertThatThrownBy(() -> config().check(Map.of(), proposed, perBroker))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }

    private static DynamicConfig config(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("zookeeper.connect", "127.0.0.1:2181"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new DynamicConfig(BrokerConfig.fromMap(properties));
    }
}
