package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.TopicId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** What the controller answers to an {@link Event.Ask}; to be given out once the step's commits are durable. */
public sealed interface Answer {

    /** One result a topic, in the order of the ask. */
    record TopicsCreated(List<CreatedTopic> topics) implements Answer {}

    /**
     * How the creation of one topic ended.
     *
     * @param id the new topic's id; {@link TopicId#NONE} when refused or only validated
     * @param assignments where its partitions are, by number; empty when refused
     * @param config its overrides; empty when refused
     */
    record CreatedTopic(
            String name, Outcome outcome, TopicId id, List<Assignment> assignments, Map<String, String> config) {}

    /** One result a topic. */
    record PartitionsCreated(SortedMap<String, Outcome> topics) implements Answer {}

    /** One result a topic, in the order of the ask. The deletion itself goes on afterwards. */
    record TopicsDeleted(List<DeletedTopic> topics) implements Answer {}

    /** How the asking for one deletion ended; name and id are filled in where they are known. */
    record DeletedTopic(String name, TopicId id, Outcome outcome) {}

    /** One result a partition; an election of all partitions leaves out those that needed none. */
    record LeadersElected(SortedMap<PartitionId, Outcome> partitions) implements Answer {}

    /** One result a partition. The reassignment itself goes on afterwards. */
    record ReassignmentsAltered(SortedMap<PartitionId, Outcome> partitions) implements Answer {}

    /** The assignments of those partitions that are being reassigned. */
    record ReassignmentsListed(SortedMap<PartitionId, Assignment> partitions) implements Answer {}

    /**
     * What came of AlterPartition.
     *
     * @param outcome of the whole request; when it is not OK there are no partitions
     * @param partitions one result a partition, in the order of the ask
     */
    record PartitionsAltered(Outcome outcome, List<AlteredPartition> partitions) implements Answer {}

    /**
     * What came of one partition's change.
     *
     * @param topic the topic as the leader named it
     * @param state the state that holds now; {@link PartitionState#NONE} when refused
     */
    record AlteredPartition(Asks.TopicRef topic, int partition, Outcome outcome, PartitionState state) {}

    /** A block of producer ids; {@link ProducerIdBlock#NONE} when refused. */
    record ProducerIdsAllocated(Outcome outcome, ProducerIdBlock block) implements Answer {}

    /** The partitions, replicated elsewhere too, that the broker still leads. */
    record ShutdownProgress(Outcome outcome, PartitionSet remaining) implements Answer {}
}
