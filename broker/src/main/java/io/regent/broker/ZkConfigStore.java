package io.regent.broker;

import io.regent.broker.config.ConfigStore;
import io.regent.controller.zk.EntityConfigs;
import io.regent.controller.zk.ZkUnreachableException;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Configuration in ZooKeeper, with the failures that Kafka's clients know.
 *
 * <p>Any thread may call it; what depends on its futures runs on {@code executor}, never on the session's thread.
 */
record ZkConfigStore(EntityConfigs configs, Executor executor) implements ConfigStore {

    @Override
    public CompletableFuture<Map<String, String>> read(EntityType type, String name) {
        return told(configs.read(type, name));
    }

    @Override
    public CompletableFuture<SortedMap<String, Map<String, String>>> all(EntityType type) {
        return told(configs.all(type));
    }

    @Override
    public CompletableFuture<Map<String, String>> change(
            EntityType type, String name, UnaryOperator<Map<String, String>> change) {
        return told(configs.change(type, name, change));
    }

    private <T> CompletableFuture<T> told(CompletableFuture<T> call) {
        return call.handleAsync(
                (result, failure) -> {
                    if (failure != null) {
                        throw translated(failure);
                    }
                    return result;
                },
                executor);
    }

    private static RuntimeException translated(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case ZkUnreachableException unreachable -> new TimeoutException(unreachable.getMessage());
            case EntityConfigs.ContendedException contended -> new TimeoutException(contended.getMessage());
            case EntityConfigs.NoSuchTopicException gone -> new UnknownTopicOrPartitionException(gone.getMessage());
            case RuntimeException other -> other;
            default -> new CompletionException(cause);
        };
    }
}
