package io.regent.controller;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What can be asked of the controller. What the core may not choose, such as ids and seeds, comes inside. */
public final class Asks {

    private Asks() {}

    /** Create topics. Answered by {@link Answer.TopicsCreated}. */
    public record CreateTopics(List<NewTopic> topics, boolean validateOnly) implements Event.Ask {
        public CreateTopics {
            topics = List.copyOf(topics);
        }
    }

    /**
     * A topic to create.
     *
     * @param partitions how many, or {@link #DEFAULT} for the node's default
     * @param replicationFactor how many replicas each, or {@link #DEFAULT} for the node's default
     * @param assignments the replicas by partition where the client places them itself; else empty
     * @param config the overrides of its configuration
     * @param configOutcome what the edge, which knows Kafka's configuration keys, found about the overrides
     * @param birth what makes this topic itself, chosen at the edge
     */
    public record NewTopic(
            String name,
            int partitions,
            short replicationFactor,
            SortedMap<Integer, List<Integer>> assignments,
            Map<String, String> config,
            Outcome configOutcome,
            Birth birth) {}

    /**
     * The two random choices behind a topic.
     *
     * @param id its id
     * @param seed where the placement of its replicas starts; any number
     */
    public record Birth(TopicId id, int seed) {}

    /** Stands for "the node's default" in {@link NewTopic}. */
    public static final short DEFAULT = -1;

    /** Give topics more partitions. Answered by {@link Answer.PartitionsCreated}. */
    public record CreatePartitions(List<MorePartitions> topics, boolean validateOnly) implements Event.Ask {
        public CreatePartitions {
            topics = List.copyOf(topics);
        }
    }

    /**
     * A topic to expand.
     *
     * @param totalCount how many partitions it shall have
     * @param assignments the replicas of each new partition in order, where the client places them itself
     */
    public record MorePartitions(String topic, int totalCount, Optional<List<List<Integer>>> assignments) {}

    /** Delete topics. Answered by {@link Answer.TopicsDeleted}, in this order. */
    public record DeleteTopics(List<TopicRef> topics) implements Event.Ask {
        public DeleteTopics {
            topics = List.copyOf(topics);
        }
    }

    /** A topic that is named by its name, or where that is empty by its id. */
    public record TopicRef(String name, TopicId id) {

        public static TopicRef of(String name) {
            return new TopicRef(name, TopicId.NONE);
        }

        public static TopicRef of(TopicId id) {
            return new TopicRef("", id);
        }

        public boolean isById() {
            return name.isEmpty();
        }

        @Override
        public String toString() {
            return isById() ? id.toString() : name;
        }
    }

    /** How leaders are elected when somebody asks for it. */
    public enum ElectionType {
        /** The first replica, if it is alive and in sync. */
        PREFERRED,
        /** For partitions without a leader: any live replica, if need be outside the ISR. */
        UNCLEAN
    }

    /**
     * Elect leaders. Answered by {@link Answer.LeadersElected}.
     *
     * @param partitions which, or empty for all partitions of the cluster
     */
    public record ElectLeaders(ElectionType type, Optional<PartitionSet> partitions) implements Event.Ask {}

    /**
     * Move partitions to other replicas, or cancel that (KIP-455). Answered by {@link Answer.ReassignmentsAltered}.
     *
     * @param targets by partition, the replicas it shall have as the client wrote them, or empty to cancel
     */
    public record AlterReassignments(SortedMap<PartitionId, Optional<Replicas>> targets) implements Event.Ask {}

    /**
     * Which partitions are being reassigned (KIP-455). Answered by {@link Answer.ReassignmentsListed}.
     *
     * @param partitions which to look at, or empty for all partitions of the cluster
     */
    public record ListReassignments(Optional<PartitionSet> partitions) implements Event.Ask {}

    /**
     * A leader changes the ISR of partitions it leads (KIP-497). Answered by {@link Answer.PartitionsAltered}.
     *
     * @param brokerId the leader's id
     * @param brokerEpoch the life it speaks for
     */
    public record AlterPartition(int brokerId, long brokerEpoch, List<PartitionChange> partitions)
            implements Event.Ask {
        public AlterPartition {
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * What a leader wants of one partition.
     *
     * @param topic by name up to version 1 of the request, by id from version 2 on
     * @param leaderEpoch the leader epoch it leads in
     * @param partitionEpoch the version of the state znode it knows
     * @param isr the ISR it wants, by broker id
     * @param recovery whether it has recovered from an unclean election
     * @param brokerEpochs by broker id, which life of a member of the ISR it means (KIP-903), where it knows: from version
     *     3 on
     */
    public record PartitionChange(
            TopicRef topic,
            int partition,
            int leaderEpoch,
            int partitionEpoch,
            Replicas isr,
            LeaderRecovery recovery,
            Map<Integer, Long> brokerEpochs) {
        public PartitionChange {
            brokerEpochs = Map.copyOf(brokerEpochs);
        }
    }

    /**
     * A broker wants to shut down, and its leaders moved away first. Answered by {@link Answer.ShutdownProgress}.
     *
     * @param brokerEpoch the life that ends, or {@link #ANY_EPOCH} from brokers that do not say
     */
    public record Shutdown(int brokerId, long brokerEpoch) implements Event.Ask {}

    /**
     * A broker needs producer ids (KIP-730). Answered by {@link Answer.ProducerIdsAllocated}.
     *
     * @param brokerEpoch the life that it speaks for
     */
    public record AllocateProducerIds(int brokerId, long brokerEpoch) implements Event.Ask {}

    /** The broker epoch of requests that carry none. */
    public static final long ANY_EPOCH = -1;
}
