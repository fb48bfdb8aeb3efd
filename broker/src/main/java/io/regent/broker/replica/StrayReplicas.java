package io.regent.broker.replica;

import io.regent.broker.log.LogManager;
import io.regent.broker.log.PartitionLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.requests.UpdateMetadataRequest;

/**
 * Finds logs that a reassignment left here: a controller that dies after it has written that a replica is moved away, or a
 * broker that is down then, leaves a log that no StopReplica will ever name again. Every new controller, and every start of
 * this broker, brings metadata that shows it.
 *
 * <p>Called one request at a time, once its controller epoch has been found good. It deletes nothing, and never takes
 * silence for an order: a partition that the request does not name, or whose topic has no id or another, is left alone.
 */
final class StrayReplicas {
    private final int brokerId;
    private final LogManager logs;
    private final PartitionRegistry partitions;

    StrayReplicas(int brokerId, LogManager logs, PartitionRegistry partitions) {
        this.brokerId = brokerId;
        this.logs = logs;
        this.partitions = partitions;
    }

    /** The partitions of the request whose logs here belong to nobody any more, and the leader epoch that says so. */
    Map<TopicPartition, Integer> in(UpdateMetadataRequest request) {
        Map<TopicPartition, Integer> strays = new HashMap<>();
        request.topicStates().forEach(topic -> {
            for (UpdateMetadataPartitionState state : topic.partitionStates()) {
                TopicPartition partition = new TopicPartition(topic.topicName(), state.partitionIndex());
                if (isElsewhere(state) && isOurs(partition, topic.topicId(), state.leaderEpoch())) {
                    strays.put(partition, state.leaderEpoch());
                }
            }
        });
        return strays;
    }

    /**
     * Others hold the partition, and one of them leads it. A replica that is still in the ISR is kept, though it is moved
     * away already: Kafka's controller says so before it has written the ISR without it, and may yet need what it holds.
     */
    private boolean isElsewhere(UpdateMetadataPartitionState state) {
        List<Integer> replicas = state.replicas();
        return !replicas.contains(brokerId)
                && !state.isr().contains(brokerId)
                && replicas.contains(state.leader())
                && state.isr().contains(state.leader());
    }

    /** The log here is of this very topic, and was never told of a later leader epoch. */
    private boolean isOurs(TopicPartition partition, Uuid topicId, int leaderEpoch) {
        if (partitions.isOffline(partition)) {
            return false;
        }
        Optional<PartitionLog> log = logs.getLog(partition);
        int known = partitions.find(partition).map(Partition::leaderEpoch).orElse(-1);
        return !topicId.equals(Uuid.ZERO_UUID)
                && log.flatMap(PartitionLog::topicId).equals(Optional.of(topicId))
                && leaderEpoch >= Math.max(known, log.get().latestEpoch().orElse(-1));
    }
}
