package io.regent.broker.api;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.config.DynamicConfig;
import io.regent.broker.config.DynamicKeys;
import io.regent.broker.metadata.MetadataCache;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Changes what is set for a topic, for this broker or for all brokers, once it is sound as a whole.
 *
 * <p>Any thread may call it; no call waits. As under any ZooKeeper-mode broker, each broker writes changes itself.
 */
final class ConfigAlterations {
    private final int brokerId;
    private final MetadataCache metadata;
    private final ConfigStore store;
    private final DynamicConfig config;
    private final TopicConfigs topics;

    ConfigAlterations(
            int brokerId, MetadataCache metadata, ConfigStore store, DynamicConfig config, TopicConfigs topics) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.store = store;
        this.config = config;
        this.topics = topics;
    }

    /**
     * Makes the overrides after of those before.
     *
     * <p>The second argument tells what is known of a key of this kind of resource.
     */
    @FunctionalInterface
    interface Alteration {
        Map<String, String> apply(Map<String, String> before, Function<String, Optional<ConfigKey>> definitions);
    }

    /**
     * Alters a topic's overrides.
     *
     * @return fails with Kafka's exceptions: INVALID_CONFIG for a bad key or value, UNKNOWN_TOPIC_OR_PARTITION, ...
     */
    CompletableFuture<Void> ofTopic(String name, Alteration alteration, boolean validateOnly) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Default topic resources are not allowed.");
        }
        Topic.validate(name);
        if (!metadata.current().contains(name)) {
            throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
        }
        return alter(EntityType.TOPICS, name, validateOnly, before -> {
            Map<String, String> after = alteration.apply(
                    before, key -> Optional.ofNullable(LogConfig.configKeys().get(key)));
            topics.validate(after);
            return after;
        });
    }

    /**
     * Alters what is set for this broker, or, with an empty name, for all.
     *
     * @return fails with INVALID_REQUEST (as Kafka answers) for a key that cannot be altered or a value that cannot be
     */
    CompletableFuture<Void> ofBroker(String name, Alteration alteration, boolean validateOnly) {
        boolean perBroker = !name.isEmpty();
        if (perBroker) {
            requireThisBroker(name, brokerId);
        }
        String entity = perBroker ? Integer.toString(brokerId) : ConfigZnode.DEFAULT_ENTITY;
        return alter(EntityType.BROKERS, entity, validateOnly, before -> {
            Map<String, String> after = alteration.apply(before, DynamicKeys::definition);
            config.check(before, after, perBroker);
            return after;
        });
    }

    private CompletableFuture<Void> alter(
            EntityType type, String name, boolean validateOnly, UnaryOperator<Map<String, String>> change) {
        CompletableFuture<Map<String, String>> done =
                validateOnly ? store.read(type, name).thenApply(change) : store.change(type, name, change);
        return done.thenApply(overrides -> null);
    }

    /** @throws InvalidRequestException when a resource names another broker, or none */
    static void requireThisBroker(String name, int brokerId) {
        int named;
        try {
            named = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name);
        }
        if (named != brokerId) {
            throw new InvalidRequestException("Unexpected broker id, expected " + brokerId + ", but received " + name);
        }
    }
}
