package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.Replicas;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Something that happened, or that was {@linkplain Ask asked}: what the controller takes its steps on. Immutable. */
public sealed interface Event {

    /**
     * A reign began, with the cluster as ZooKeeper holds it. Always the first event of a reign, and the only one that
     * replaces the image.
     */
    record Elected(ClusterImage loaded) implements Event {}

    /**
     * The registrations under {@code /brokers/ids}, all of them, from one reading. An observation replaces older ones
     * that still wait.
     */
    record BrokersObserved(List<BrokerRegistration> brokers) implements Event {
        public BrokersObserved {
            brokers = List.copyOf(brokers);
        }
    }

    /**
     * The children of {@code /admin/delete_topics}, all of them, from one reading. The store sends one after each change
     * of them, also when it was this reign that made it: a finished deletion is forgotten when its marker is seen gone.
     */
    record DeletionsObserved(Set<String> topics) implements Event {
        public DeletionsObserved {
            topics = Set.copyOf(topics);
        }
    }

    /**
     * What {@code /admin/reassign_partitions} holds, from one reading: told after each change of it, also when it was this
     * reign that made it.
     *
     * @param targets the wanted replicas by partition; empty when there is no such znode, or nobody can read it
     */
    record ReassignmentsObserved(Optional<SortedMap<PartitionId, Replicas>> targets) implements Event {}

    /**
     * A broker answered a LeaderAndIsr request.
     *
     * @param brokerEpoch the life of the broker that answered; an answer of another life is ignored
     * @param accepted the partitions that it serves now
     * @param inFailedLogDirectory the partitions that it answered with KAFKA_STORAGE_ERROR
     */
    record LeaderAndIsrAnswered(
            int brokerId, long brokerEpoch, PartitionSet accepted, PartitionSet inFailedLogDirectory)
            implements Event {}

    /**
     * A broker answered a StopReplica request that deletes replicas.
     *
     * @param brokerEpoch the life of the broker that answered; an answer of another life is ignored
     * @param deleted the partitions whose log is gone; those that failed are left out and wait for its next life
     */
    record StopReplicaAnswered(int brokerId, long brokerEpoch, PartitionSet deleted) implements Event {}

    /** It is time to see whether leaders should move back to preferred replicas. */
    record RebalanceDue() implements Event {}

    /** Something that a client or a broker asked, and waits for the {@link Answer} of. */
    sealed interface Ask extends Event
            permits Asks.CreateTopics,
                    Asks.CreatePartitions,
                    Asks.DeleteTopics,
                    Asks.ElectLeaders,
                    Asks.AlterReassignments,
                    Asks.ListReassignments,
                    Asks.AlterPartition,
                    Asks.Shutdown {}
}
