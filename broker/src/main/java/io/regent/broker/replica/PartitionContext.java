package io.regent.broker.replica;

import io.regent.broker.log.LogManager;
import io.regent.broker.metadata.MetadataCache;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Time;

/**
 * What all partitions of a broker share. Immutable; any thread may use it.
 *
 * @param brokerEpoch this broker's present epoch, the czxid of its registration
 */
record PartitionContext(
        ReplicaSettings settings,
        Time time,
        LogManager logs,
        MetadataCache metadata,
        AlterPartitionChannel isrChanges,
        LongSupplier brokerEpoch,
        DelayedOperations operations,
        ReplicaMetrics metrics,
        ReplicationThrottles throttles) {

    int brokerId() {
        return settings.brokerId();
    }

    /** Only a live follower may join an ISR; the controller refuses one that is shutting down. */
    boolean mayJoinIsr(int follower) {
        return metadata.current().isAlive(follower);
    }
}
