package io.regent.broker.config;

import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Where the cluster keeps what is set at run time for topics, brokers, users, clients and addresses.
 *
 * <p>Any thread may call it; no call waits. Names are as in {@link io.regent.metadata.znode.ConfigZnode}. Futures fail
 * with Kafka's ApiExceptions; what depends on them must not keep the thread on which they complete.
 */
public interface ConfigStore {
    /** The overrides by key; none for an entity that is not known. */
    CompletableFuture<Map<String, String>> read(EntityType type, String name);

    /** All entities of a type with their overrides; of users their clients too, as {@code USER/clients/CLIENT}. */
    CompletableFuture<SortedMap<String, Map<String, String>>> all(EntityType type);

    /**
     * Replaces the overrides by what {@code change} makes of them, and tells every broker.
     *
     * @param change may be called several times, and must then come to the same; what it throws refuses the change
     * @return the overrides as they are now
     */
    CompletableFuture<Map<String, String>> change(
            EntityType type, String name, UnaryOperator<Map<String, String>> change);
}
