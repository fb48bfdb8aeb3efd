package io.regent.broker.api;

import io.regent.broker.BrokerConfig;
import io.regent.broker.config.ConfigLayers;
import io.regent.broker.config.DynamicConfig;
import io.regent.broker.config.DynamicKeys;
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
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Describes configuration as clients read it: each key with its value, where the value comes from, and what it would
 * fall back to (KIP-226).
 *
 * <p>Any thread may call it. Values of passwords, and of keys that nobody knows, are never shown.
 */
final class ConfigEntries {
    private final DynamicConfig config;
    private final TopicConfigs topics;

    ConfigEntries(DynamicConfig config, TopicConfigs topics) {
        this.config = config;
        this.topics = topics;
    }

    /** All keys of a topic with these overrides, by name. */
    List<DescribeConfigsResourceResult> ofTopic(Map<String, String> overrides) {
        LogConfig resolved = topics.resolve(overrides);
        ConfigLayers layers = config.layers();
        Map<String, DescribeConfigsResourceResult> entries = new TreeMap<>();
        Map<String, ?> values = resolved.values();
        LogConfig.configKeys().forEach((name, key) -> {
            if (!key.internalConfig) {
                entries.put(name, topicEntry(layers, key, values.get(name), overrides.containsKey(name)));
            }
        });
        return new ArrayList<>(entries.values());
    }

    private static DescribeConfigsResourceResult topicEntry(
            ConfigLayers layers, ConfigKey key, Object value, boolean overridden) {
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        String text = shown(value, Optional.of(key.type));
        if (overridden) {
            synonyms.add(synonym(key.name, text, ConfigSource.TOPIC_CONFIG));
        }
        String brokerKey = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(key.name);
        if (brokerKey != null) {
            synonyms.addAll(brokerSynonyms(layers, brokerKey));
        }
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

    /** All keys of this broker, by name. */
    List<DescribeConfigsResourceResult> ofBroker() {
        ConfigLayers layers = config.layers();
        Collection<String> names = new TreeSet<>(layers.effective().given().keySet());
        names.addAll(layers.ofCluster().keySet());
        names.addAll(layers.ofBroker().keySet());
        BrokerConfig.definitions().values().stream()
                .filter(key -> !key.internalConfig)
                .forEach(key -> names.add(key.name));
        return names.stream().map(name -> brokerEntry(layers, name)).toList();
    }

    private static DescribeConfigsResourceResult brokerEntry(ConfigLayers layers, String name) {
        Optional<ConfigKey> key = DynamicKeys.definition(name);
        String value = BrokerConfig.definitions().containsKey(name)
                ? shown(layers.effective().get(name), typeOf(name))
                : key.flatMap(throttle -> layers.dynamic(name)).orElse(null);
        return brokerEntry(name, value, brokerSynonyms(layers, name));
    }

    /** The keys that are set at run time for all brokers, by name. */
    List<DescribeConfigsResourceResult> ofAllBrokers() {
        ConfigLayers layers = config.layers();
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        new TreeMap<>(layers.ofCluster())
                .forEach((name, value) -> entries.add(brokerEntry(
                        name,
                        isSensitive(typeOf(name)) ? null : value,
                        brokerSynonyms(layers, name).stream()
                                .filter(synonym -> synonym.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id())
                                .toList())));
        return entries;
    }

    private static DescribeConfigsResourceResult brokerEntry(
            String name, String value, List<DescribeConfigsSynonym> synonyms) {
        return entry(name, value, typeOf(name), synonyms)
                .setReadOnly(!DynamicKeys.isDynamic(name))
                .setDocumentation(DynamicKeys.definition(name)
                        .map(known -> known.documentation)
                        .orElse(null));
    }

    /**
     * Where the key's value comes from and would come from next, by layer, and within a layer in the finer unit first.
     * What stands before the first mention of the key itself is not its own, and is left out (as Kafka does).
     */
    private static List<DescribeConfigsSynonym> brokerSynonyms(ConfigLayers layers, String key) {
        List<String> names = DynamicKeys.synonyms(key);
        List<DescribeConfigsSynonym> synonyms = new ArrayList<>();
        addSynonyms(synonyms, names, layers.ofBroker(), ConfigSource.DYNAMIC_BROKER_CONFIG);
        addSynonyms(synonyms, names, layers.ofCluster(), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        addSynonyms(synonyms, names, layers.fixed().given(), ConfigSource.STATIC_BROKER_CONFIG);
        for (String name : names) {
            ConfigKey known = BrokerConfig.definitions().get(name);
            if (known != null && known.hasDefault() && known.defaultValue != null) {
                String value = shown(known.defaultValue, Optional.of(known.type));
                synonyms.add(synonym(name, value, ConfigSource.DEFAULT_CONFIG));
            }
        }
        return synonyms.stream()
                .dropWhile(synonym -> !synonym.name().equals(key))
                .toList();
    }

    private static void addSynonyms(
            List<DescribeConfigsSynonym> synonyms, List<String> names, Map<String, String> layer, ConfigSource source) {
        for (String name : names) {
            if (layer.containsKey(name)) {
                synonyms.add(synonym(name, isSensitive(typeOf(name)) ? null : layer.get(name), source));
            }
        }
    }

    private static Optional<ConfigDef.Type> typeOf(String brokerKey) {
        return DynamicKeys.definition(brokerKey).map(key -> key.type);
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
