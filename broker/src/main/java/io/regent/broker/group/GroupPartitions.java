package io.regent.broker.group;

import io.regent.broker.log.PartitionLog;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.coordinator.group.runtime.PartitionWriter;

/**
 * What the group coordinator needs of the partitions of {@code __consumer_offsets} that this broker leads.
 *
 * <p>Any thread may call it. A partition that is not led here is an absent value, or a NOT_LEADER_OR_FOLLOWER error
 * where a value must be returned.
 */
public interface GroupPartitions {
    /**
     * Appends as the leader and returns at once, without waiting for followers.
     *
     * @return the offset that follows the last appended record; the write is committed once the high watermark is there
     * @throws org.apache.kafka.common.errors.ApiException if this broker does not lead the partition, or the log refused
     */
    long append(TopicPartition partition, MemoryRecords records);

    /** The log, for as long as this broker leads the partition. */
    Optional<PartitionLog> leaderLog(TopicPartition partition);

    /** The leader epoch under which this broker leads the partition. */
    OptionalInt leaderEpoch(TopicPartition partition);

    /** Tells {@code listener} of every later rise of the partition's high watermark. */
    void addListener(TopicPartition partition, PartitionWriter.Listener listener);

    void removeListener(TopicPartition partition, PartitionWriter.Listener listener);
}
