package io.regent.broker.replica;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;

/**
 * The partitions this broker was told to hold, and those of them that a failed log directory took. Any thread may read
 * it; changes come under the state-change lock of the replica manager, except failures. It starts nothing.
 */
final class PartitionRegistry {
    private final PartitionContext context;
    private final ConcurrentHashMap<TopicPartition, Partition> online = new ConcurrentHashMap<>();
    private final Set<TopicPartition> offline = ConcurrentHashMap.newKeySet();

    PartitionRegistry(PartitionContext context) {
        this.context = context;
    }

    Collection<Partition> online() {
        return online.values();
    }

    List<Partition> leading() {
        return online.values().stream().filter(Partition::isLeader).toList();
    }

    int offlineCount() {
        return offline.size();
    }

    boolean isOffline(TopicPartition partition) {
        return offline.contains(partition);
    }

    Optional<Partition> find(TopicPartition partition) {
        return Optional.ofNullable(online.get(partition));
    }

    Partition getOrCreate(TopicPartition topicPartition) {
        return online.computeIfAbsent(topicPartition, key -> new Partition(key, context));
    }

    Optional<Partition> remove(TopicPartition partition) {
        return Optional.ofNullable(online.remove(partition));
    }

    /** A directory failed: its partition answers KAFKA_STORAGE_ERROR until the broker starts again. */
    void markOffline(TopicPartition topicPartition) {
        offline.add(topicPartition);
        remove(topicPartition).ifPresent(Partition::markOffline);
    }

    /**
     * The partition to serve a request with.
     *
     * @throws KafkaStorageException when its log directory failed
     * @throws NotLeaderOrFollowerException when the cluster has it, but not here
     * @throws UnknownTopicOrPartitionException when the cluster does not have it
     */
    Partition require(TopicPartition topicPartition) {
        Partition partition = online.get(topicPartition);
        if (partition != null) {
            return partition;
        }
        throw missing(topicPartition).get();
    }

    private Supplier<RuntimeException> missing(TopicPartition topicPartition) {
        if (isOffline(topicPartition)) {
            return () -> new KafkaStorageException(
                    "The log directory of " + topicPartition + " on broker " + context.brokerId() + " is offline");
        }
        // A client may ask the new leader before the controller's requests have reached it: that is worth a retry.
        return context.metadata().current().contains(topicPartition)
                ? () -> new NotLeaderOrFollowerException(
                        "Broker " + context.brokerId() + " holds no replica of " + topicPartition)
                : () -> new UnknownTopicOrPartitionException("Partition " + topicPartition + " does not exist");
    }

    /** As {@link #require}, as an error code. */
    Errors missingError(TopicPartition topicPartition) {
        return Errors.forException(missing(topicPartition).get());
    }
}
