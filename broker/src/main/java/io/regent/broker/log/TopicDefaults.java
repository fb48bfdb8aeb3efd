package io.regent.broker.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;

/** What a broker's keys say of topics that have no configuration of their own. Pure functions. */
final class TopicDefaults {
    private TopicDefaults() {}

    /** The broker's keys under the names that topics use and in their units, ready for {@code LogConfig}. */
    static Map<String, Object> of(AbstractConfig config) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.forEach((topicKey, synonyms) -> {
            for (ConfigSynonym synonym : synonyms) {
                Object value = config.values().get(synonym.name());
                if (value != null) {
                    defaults.put(topicKey, converted(synonym, value));
                    break;
                }
            }
        });
        defaults.computeIfPresent(
                TopicConfig.RETENTION_MS_CONFIG, (key, value) -> Math.max(-1, Long.parseLong(value.toString())));
        timestampDifferenceSpeaksForItsSuccessors(defaults);
        return defaults;
    }

    /** KIP-937: the older key still speaks for whichever of its two successors is not set. */
    @SuppressWarnings("deprecation") // Kafka 3.9 deprecates the key but still honours it, and so must its peers.
    private static void timestampDifferenceSpeaksForItsSuccessors(Map<String, Object> defaults) {
        Object difference = defaults.get(TopicConfig.MESSAGE_TIMESTAMP_DIFFERENCE_MAX_MS_CONFIG);
        for (String key : List.of(
                TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG,
                TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG)) {
            defaults.replace(key, ServerLogConfigs.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS_DEFAULT, difference);
        }
    }

    /** Hours and minutes become milliseconds; values of any other key keep their type. */
    private static Object converted(ConfigSynonym synonym, Object value) {
        if (value instanceof List<?>) {
            return ConfigDef.convertToString(value, ConfigDef.Type.LIST);
        }
        String text = String.valueOf(value);
        String converted = synonym.converter().apply(text);
        return converted.equals(text) ? value : Long.valueOf(converted);
    }
}
