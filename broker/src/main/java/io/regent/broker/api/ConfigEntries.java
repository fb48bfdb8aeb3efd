package io.regent.broker.api;

import io.regent.broker.BrokerConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Describes configuration as clients read it: each key with its value, where the value comes from, and what it would
 * fall back to (KIP-226).
 *
 * <p>Immutable; any thread may call it. Values of passwords, and of keys that nobody knows, are never shown.
 */
final class ConfigEntries {
    private final BrokerConfig config;
    private final TopicConfigs topics;
    private final Map<String, String> given;

    ConfigEntries(BrokerConfig config, TopicConfigs topics) {
        this.config = config;
        this.topics = topics;
        this.given = config.given();
    }

    /** All keys of a topic with these overrides, by name. */
    List<DescribeConfigsResourceResult> ofTopic(Map<String, String> overrides) {
        LogConfig resolved = topics.resolve(overrides);
        Map<String, DescribeConfigsResourceResult> entries = new TreeMap<>();
        Map<String, ?> values = resolved.values();
        LogConfig.configKeys().forEach((name, key) -> {
            if (!key.internalConfig) {
                entries.put(name, topicEntry(key, values.get(name), overrides.containsKey(name)));
            }
        });
        return new ArrayList<>(entries.values());
    }

    private DescribeConfigsResourceResult topicEntry(ConfigKey key, Object value, boolean overridden) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        String text = shown(value, Optional.of(key.type));
        if (overridden) {
            synonyms.add(synonym(key.name, text, ConfigSource.TOPIC_CONFIG));
        }
        List<ConfigSynonym> brokerKeys =
                ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.getOrDefault(key.name, List.of());
        synonyms.addAll(
                brokerSynonyms(brokerKeys.stream().map(ConfigSynonym::name).toList()));
        return entry(key.name, text, Optional.of(key.type), synonyms)
                .setReadOnly(false)
                .setDocumentation(key.documentation);
    }

    /** The same for the response to the topic's creation. */
    List<CreatableTopicConfigs> ofNewTopic(Map<String, String> overrides) {
        return ofTopic(overrides).stream()
                .map(entry -> new CreatableTopicConfigs()
                        .setName(entry.name())
                        .setValue(entry.value())
                        .setReadOnly(entry.readOnly())
                        .setConfigSource(entry.configSource())
                        .setIsSensitive(entry.isSensitive()))
                .toList();
    }

    /** All keys of this broker, by name; none of them can be altered while it runs. */
    List<DescribeConfigsResourceResult> ofBroker() {
        Collection<String> names = new TreeSet<>(given.keySet());
        BrokerConfig.definitions().values().stream()
                .filter(key -> !key.internalConfig)
                .forEach(key -> names.add(key.name));
        return names.stream().map(this::brokerEntry).toList();
    }

    private DescribeConfigsResourceResult brokerEntry(String name) {
        Optional<ConfigKey> key = Optional.ofNullable(BrokerConfig.definitions().get(name));
        Optional<ConfigDef.Type> type = key.map(known -> known.type);
        String text = key.isPresent() ? shown(config.get(name), type) : null;
        return entry(name, text, type, brokerSynonyms(fallbacksOf(name)))
                .setReadOnly(true)
                .setDocumentation(key.map(known -> known.documentation).orElse(null));
    }

    /** The key itself and those that speak for it when it is not set, such as hours for milliseconds. */
    private static List<String> fallbacksOf(String brokerKey) {
        for (List<ConfigSynonym> synonyms : ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.values()) {
            List<String> names = synonyms.stream().map(ConfigSynonym::name).toList();
            int position = names.indexOf(brokerKey);
            if (position >= 0) {
                return names.subList(position, names.size());
            }
        }
        return List.of(brokerKey);
    }

    private List<DescribeConfigsSynonym> brokerSynonyms(List<String> names) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        for (String name : names) {
            if (given.containsKey(name)) {
                String value = isSensitive(typeOf(name)) ? null : given.get(name);
                synonyms.add(synonym(name, value, ConfigSource.STATIC_BROKER_CONFIG));
            }
        }
        for (String name : names) {
            ConfigKey key = BrokerConfig.definitions().get(name);
            if (key != null && key.hasDefault() && key.defaultValue != null) {
                String value = shown(key.defaultValue, Optional.of(key.type));
                synonyms.add(synonym(name, value, ConfigSource.DEFAULT_CONFIG));
            }
        }
        return synonyms;
    }

    private static Optional<ConfigDef.Type> typeOf(String brokerKey) {
        return Optional.ofNullable(BrokerConfig.definitions().get(brokerKey)).map(key -> key.type);
    }

    private static DescribeConfigsResourceResult entry(
            String name, String value, Optional<ConfigDef.Type> type, List<DescribeConfigsSynonym> synonyms) {
        byte source = synonyms.isEmpty()
                ? ConfigSource.DEFAULT_CONFIG.id()
                : synonyms.get(0).source();
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setConfigSource(source)
                .setIsSensitive(isSensitive(type))
                .setConfigType(type.map(known -> ConfigType.valueOf(known.name()))
                        .orElse(ConfigType.UNKNOWN)
                        .id())
                .setSynonyms(synonyms);
    }

    private static DescribeConfigsSynonym synonym(String name, String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static boolean isSensitive(Optional<ConfigDef.Type> type) {
        return type.isEmpty() || type.get() == ConfigDef.Type.PASSWORD;
    }

    private static String shown(Object value, Optional<ConfigDef.Type> type) {
        return isSensitive(type) ? null : ConfigDef.convertToString(value, type.get());
    }
}
