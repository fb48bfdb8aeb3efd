package io.regent.broker.replica;

import org.apache.kafka.common.TopicPartition;

/**
 * Hears what happens to one partition's local replica. Called on whichever thread caused it, possibly under a lock of
 * the log: it must not block and must not call back into the partition.
 */
public interface PartitionListener {
    default void onHighWatermarkUpdated(TopicPartition partition, long offset) {}

    /** Its log directory failed; nothing more will be heard. */
    default void onFailed(TopicPartition partition) {}

    /** The replica was deleted from this broker; nothing more will be heard. */
    default void onDeleted(TopicPartition partition) {}
}
