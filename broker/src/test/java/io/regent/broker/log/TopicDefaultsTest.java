package io.regent.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.BrokerConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

class TopicDefaultsTest {
    @Test
    void topicDefaultsAreThoseOfKafka() {
        LogConfig ours = new LogConfig(defaults());
        LogConfig kafkas = LogConfig.fromProps(Map.of(), new Properties());
        assertThat(ours.values()).isEqualTo(kafkas.values());
    }

    @Test
    void theFinestUnitOfATopicDefaultWins() {
        Map<String, Object> defaults = defaults(
                "log.retention.hours", "1",
                "log.retention.minutes", "2",
                "log.roll.hours", "3",
                "log.roll.jitter.ms", "4",
                "log.roll.jitter.hours", "5",
                "log.flush.scheduler.interval.ms", "6",
                "message.max.bytes", "7000",
                "log.message.timestamp.difference.max.ms", "8000",
                "log.message.timestamp.after.max.ms", "9000");
        assertThat(defaults)
                .containsEntry(TopicConfig.RETENTION_MS_CONFIG, TimeUnit.MINUTES.toMillis(2))
                .containsEntry(TopicConfig.SEGMENT_MS_CONFIG, TimeUnit.HOURS.toMillis(3))
                .containsEntry(TopicConfig.SEGMENT_JITTER_MS_CONFIG, 4L)
                .containsEntry(TopicConfig.FLUSH_MS_CONFIG, 6L)
                .containsEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 7000)
                .containsEntry(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, 8000L)
                .containsEntry(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, 9000L);
        assertThat(defaults("log.retention.hours", "-1")).containsEntry(TopicConfig.RETENTION_MS_CONFIG, -1L);
        assertThat(defaults("log.retention.ms", "-5")).containsEntry(TopicConfig.RETENTION_MS_CONFIG, -1L);
    }

    @Test
    void aListOfPoliciesIsAsATopicWouldWriteIt() {
        assertThat(new LogConfig(defaults("log.cleanup.policy", "compact,delete")))
                .satisfies(config -> assertThat(config.compact && config.delete).isTrue());
    }

    private static Map<String, Object> defaults(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("zookeeper.connect", "127.0.0.1:2181"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return TopicDefaults.of(BrokerConfig.fromMap(properties));
    }
}
