package io.regent.metadata;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What ZooKeeper holds of the cluster besides brokers and topics. Immutable.
 *
 * @param deletions by topic, how far its deletion has come
 * @param reassignments by partition, the replicas that {@code /admin/reassign_partitions} wants it to have; empty when
 *     there is no such znode, or nobody can read it
 * @param brokerConfig what {@code /config/brokers} sets for the ruling node: its own entries over those for all
 * @param producerIds the block of producer ids that was given out last, as {@code /latest_producer_id_block} says
 * @param producerIdFloor no block of producer ids that begins lower may be given out, whatever the znode says
 * @param features what {@code /feature} says
 */
record ClusterLedger(
        PMap<String, TopicDeletion> deletions,
        Optional<SortedMap<PartitionId, Replicas>> reassignments,
        Map<String, String> brokerConfig,
        ZnodeCopy<ProducerIdBlock> producerIds,
        long producerIdFloor,
        ZnodeCopy<FinalizedFeatures> features) {

    static final ClusterLedger EMPTY = new ClusterLedger(
            HashTreePMap.empty(), Optional.empty(), Map.of(), ZnodeCopy.absent(), 0, ZnodeCopy.absent());

    ClusterLedger withDeletions(PMap<String, TopicDeletion> newDeletions) {
        return new ClusterLedger(newDeletions, reassignments, brokerConfig, producerIds, producerIdFloor, features);
    }

    ClusterLedger withReassignments(Optional<SortedMap<PartitionId, Replicas>> newReassignments) {
        return new ClusterLedger(
                deletions,
                newReassignments.map(targets -> Collections.unmodifiableSortedMap(new TreeMap<>(targets))),
                brokerConfig,
                producerIds,
                producerIdFloor,
                features);
    }

    ClusterLedger withBrokerConfig(Map<String, String> newConfig) {
        return new ClusterLedger(
                deletions, reassignments, Map.copyOf(newConfig), producerIds, producerIdFloor, features);
    }

    ClusterLedger withProducerIds(ZnodeCopy<ProducerIdBlock> newProducerIds) {
        long last = newProducerIds.content().orElse(ProducerIdBlock.NONE).last();
        return new ClusterLedger(deletions, reassignments, brokerConfig, newProducerIds, producerIdFloor, features)
                .withProducerIdFloor(last == Long.MAX_VALUE ? last : last + 1);
    }

    /** The floor never sinks: ids below it may be in use, though the znode is gone that said so. */
    ClusterLedger withProducerIdFloor(long floor) {
        return new ClusterLedger(
                deletions, reassignments, brokerConfig, producerIds, Math.max(producerIdFloor, floor), features);
    }

    ClusterLedger withFeatures(ZnodeCopy<FinalizedFeatures> newFeatures) {
        return new ClusterLedger(deletions, reassignments, brokerConfig, producerIds, producerIdFloor, newFeatures);
    }
}
