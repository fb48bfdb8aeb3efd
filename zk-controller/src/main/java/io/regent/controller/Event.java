package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.ZnodeCopy;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Something that happened, or that was {@linkplain Ask asked}: what the controller takes its steps on. Immutable. */
public sealed interface Event {

    /** Whether this says all that an older event of its kind, which still waits, would say. Asks never do. */
    default boolean replacesOlder() {
        return true;
    }

    /**
     * A reign began, with the cluster as ZooKeeper holds it. Always the first event of a reign, and the only one that
     * replaces the image.
     *
     * @param newIds an id, chosen at the edge, for each topic that lacks one
     */
    record Elected(ClusterImage loaded, SortedMap<String, TopicId> newIds) implements Event {
        /** The beginning of a reign over topics that all have their ids. */
        public Elected(ClusterImage loaded) {
            this(loaded, Collections.emptySortedMap());
        }
    }

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
     * Topics' znodes that are not as they were, from one reading; also when it was this reign that wrote them. One that
     * waits is not replaced by another, as each says only what changed.
     */
    record TopicsObserved(List<ObservedTopic> topics) implements Event {
        public TopicsObserved {
            topics = List.copyOf(topics);
        }

        @Override
        public boolean replacesOlder() {
            return false;
        }
    }

    /**
     * A topic's znode as it was read.
     *
     * @param idBefore the id that the znode of this name had at the reading before; {@link TopicId#NONE} when there was
     *     no such znode, or it had none
     * @param found the topic as its znode and its configuration hold it, without states of partitions; empty when it is
     *     gone
     * @param newId an id, chosen at the edge, in case that it needs one; {@link TopicId#NONE} where nobody can read the
     *     znode, which therefore must not be written
     */
    record ObservedTopic(String name, TopicId idBefore, Optional<TopicImage> found, TopicId newId) {
        /** Whether there is a znode that nobody can read. */
        boolean isUnreadable() {
            return found.isPresent() && !newId.isPresent();
        }
    }

    /**
     * A broker answered a LeaderAndIsr request.
     *
     * @param brokerEpoch the life of the broker that answered; an answer of another life is ignored
     * @param accepted the partitions that it serves now
     * @param inFailedLogDirectory the partitions that it answered with KAFKA_STORAGE_ERROR
     */
    record LeaderAndIsrAnswered(
            int brokerId, long brokerEpoch, PartitionSet accepted, PartitionSet inFailedLogDirectory) implements Event {
        @Override
        public boolean replacesOlder() {
            return false;
        }
    }

    /**
     * A broker answered a StopReplica request that deletes replicas.
     *
     * @param brokerEpoch the life of the broker that answered; an answer of another life is ignored
     * @param deleted the partitions whose log is gone; those that failed are left out and wait for its next life
     */
    record StopReplicaAnswered(int brokerId, long brokerEpoch, PartitionSet deleted) implements Event {
        @Override
        public boolean replacesOlder() {
            return false;
        }
    }

    /**
     * What {@code /admin/preferred_replica_election} holds: partitions whose preferred replica a tool wants to lead.
     *
     * @param order the znode, which goes when the elections are done
     */
    record PreferredElectionsObserved(List<PartitionId> partitions, ReadZnode order) implements Event {
        public PreferredElectionsObserved {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * The notifications under {@code /isr_change_notification}: leaders wrote states themselves, as they did before
     * AlterPartition.
     *
     * @param states what the named partitions' znodes hold, read after the notifications
     */
    record IsrChangesObserved(List<ReadZnode> notifications, SortedMap<PartitionId, PartitionState> states)
            implements Event {
        public IsrChangesObserved {
            notifications = List.copyOf(notifications);
        }
    }

    /**
     * The notifications under {@code /log_dir_event_notification}.
     *
     * @param brokers those that say that a log directory of theirs has failed
     */
    record LogDirEventsObserved(List<ReadZnode> notifications, Set<Integer> brokers) implements Event {
        public LogDirEventsObserved {
            notifications = List.copyOf(notifications);
            brokers = Set.copyOf(brokers);
        }
    }

    /**
     * The overrides under {@code /config/topics} of those topics of which they have changed since the last observation.
     */
    record TopicConfigsObserved(SortedMap<String, Map<String, String>> overrides) implements Event {
        @Override
        public boolean replacesOlder() {
            return false;
        }
    }

    /** What {@code /config/brokers} sets for this node: its own entries over those for all brokers. */
    record BrokerConfigObserved(Map<String, String> config) implements Event {}

    /** What {@code /latest_producer_id_block} holds. */
    record ProducerIdsObserved(ZnodeCopy<ProducerIdBlock> last) implements Event {}

    /** What {@code /feature} holds. */
    record FeaturesObserved(ZnodeCopy<FinalizedFeatures> features) implements Event {}

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
                    Asks.AllocateProducerIds,
                    Asks.Shutdown {
        @Override
        default boolean replacesOlder() {
            return false;
        }
    }
}
