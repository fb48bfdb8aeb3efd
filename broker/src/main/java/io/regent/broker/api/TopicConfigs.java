package io.regent.broker.api;

import io.regent.broker.log.LogManagerSettings;
import io.regent.controller.Fault;
import io.regent.controller.Outcome;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * What Kafka's topic configuration keys mean on this broker: its defaults, with a topic's overrides laid over them.
 *
 * <p>Any thread may call it. It never reads where the overrides are kept.
 */
public final class TopicConfigs {
    private final Supplier<LogManagerSettings> settings;

    /** @param settings as they are now, since defaults can be altered */
    public TopicConfigs(Supplier<LogManagerSettings> settings) {
        this.settings = settings;
    }

    /** @throws ConfigException when an override is not valid */
    public LogConfig resolve(Map<String, String> overrides) {
        return settings.get().topicConfig(properties(overrides));
    }

    /** Whether a new topic may have these overrides; a refusal names the key. */
    Outcome check(Map<String, String> overrides) {
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            if (override.getValue() == null) {
                return refused("Null value not supported for topic config " + override.getKey());
            }
        }
        try {
            validate(overrides);
            return Outcome.OK;
        } catch (ConfigException | InvalidConfigurationException invalid) {
            return refused(invalid.getMessage());
        }
    }

    /**
     * Checks the overrides of a topic as a whole.
     *
     * @throws ConfigException naming the key and the value that cannot be
     * @throws InvalidConfigurationException naming a key that there is not, or values that cannot be together
     */
    void validate(Map<String, String> overrides) {
        // Tiered storage is no part of this broker, and this is a cluster under ZooKeeper.
        LogConfig.validate(
                Map.of(),
                properties(overrides),
                settings.get().defaultLogConfig().originals(),
                false,
                true);
    }

    private static Outcome refused(String why) {
        return Outcome.refused(Fault.INVALID_CONFIG, why);
    }

    private static Properties properties(Map<String, String> overrides) {
        Properties properties = new Properties();
        properties.putAll(overrides);
        return properties;
    }
}
