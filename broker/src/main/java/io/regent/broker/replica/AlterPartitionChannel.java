package io.regent.broker.replica;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicIdPartition;

/**
 * The leader's way to have the controller change an ISR (KIP-497). Any thread may call it; it never blocks, and completes
 * the future on a thread of its own. It retries by itself whatever may not have reached a controller: asking twice is
 * harmless, since the epochs in the proposal let a controller see that it was already done.
 */
public interface AlterPartitionChannel {
    /**
     * A wanted ISR.
     *
     * @param partitionEpoch the one the wish builds on
     */
    record Proposal(TopicIdPartition partition, int leaderEpoch, int partitionEpoch, List<Member> isr) {}

    /** @param brokerEpoch which life of the broker is meant; -1 when not known */
    record Member(int brokerId, long brokerEpoch) {}

    /** What the controller says holds now. */
    record Confirmed(int leader, int leaderEpoch, int partitionEpoch, Set<Integer> isr) {}

    /**
     * Asks for an ISR.
     *
     * @return fails with Kafka's exception for the controller's error code of this partition
     */
    CompletableFuture<Confirmed> alter(Proposal proposal);
}
