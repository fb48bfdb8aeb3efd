package io.regent.broker.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataTopicState;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.pcollections.PMap;

/**
 * Applies one UpdateMetadata to a snapshot. Used by one thread, once. Its cost follows the partitions in the request,
 * not those of the cluster. It never checks epochs.
 */
final class SnapshotUpdate {
    /** The leader that stands for "this partition is being deleted". */
    static final int LEADER_DURING_DELETE = -2;

    /** More partitions than any topic can have: a forged number must not make us allocate an array of that size. */
    private static final int MAX_PARTITION_NUMBER = 1_000_000;

    private final MetadataSnapshot before;
    private final Set<TopicPartition> deleted = new LinkedHashSet<>();
    // Most partitions of a cluster share few replica lists, so one list serves all that are equal in a request.
    private final Map<List<Integer>, List<Integer>> lists = new HashMap<>();
    private PMap<String, TopicMetadata> topics;
    private PMap<Uuid, String> namesById;
    private int partitionCount;

    SnapshotUpdate(MetadataSnapshot before) {
        this.before = before;
        this.topics = before.topicMap();
        this.namesById = before.nameMap();
        this.partitionCount = before.partitionCount();
    }

    MetadataSnapshot apply(UpdateMetadataRequest request) {
        Map<String, Uuid> idsInRequest = new HashMap<>();
        for (UpdateMetadataTopicState topic : request.topicStates()) {
            idsInRequest.put(topic.topicName(), topic.topicId());
        }
        Map<String, List<UpdateMetadataPartitionState>> byTopic = new HashMap<>();
        for (UpdateMetadataPartitionState state : request.partitionStates()) {
            byTopic.computeIfAbsent(state.topicName(), name -> new ArrayList<>())
                    .add(state);
        }
        byTopic.forEach((name, states) -> applyTopic(name, Optional.ofNullable(idsInRequest.get(name)), states));
        OptionalInt controllerId =
                request.controllerId() < 0 ? OptionalInt.empty() : OptionalInt.of(request.controllerId());
        return new MetadataSnapshot(topics, namesById, brokers(request), controllerId, partitionCount);
    }

    /** The partitions that the request took away. */
    Set<TopicPartition> deleted() {
        return deleted;
    }

    private void applyTopic(String name, Optional<Uuid> idInRequest, List<UpdateMetadataPartitionState> states) {
        TopicMetadata old = topics.get(name);
        int highest = highestNumber(name, states);
        PartitionMetadata[] partitions = old == null ? new PartitionMetadata[highest + 1] : old.copyForUpdate(highest);
        for (UpdateMetadataPartitionState state : states) {
            applyPartition(name, partitions, state);
        }
        // Requests before version 7 carry no ids; an id once known is not forgotten for that.
        Uuid oldId = old == null ? Uuid.ZERO_UUID : old.id();
        Uuid id = idInRequest.filter(given -> !given.equals(Uuid.ZERO_UUID)).orElse(oldId);
        TopicMetadata next = new TopicMetadata(name, id, partitions);
        partitionCount += next.partitionCount() - (old == null ? 0 : old.partitionCount());
        replace(name, oldId, next);
    }

    private static int highestNumber(String topic, List<UpdateMetadataPartitionState> states) {
        int highest = -1;
        for (UpdateMetadataPartitionState state : states) {
            int number = state.partitionIndex();
            if (number < 0 || number > MAX_PARTITION_NUMBER) {
                throw new InvalidRequestException("Partition number " + number + " of topic " + topic
                        + " is not between 0 and " + MAX_PARTITION_NUMBER);
            }
            highest = Math.max(highest, number);
        }
        return highest;
    }

    private void applyPartition(String topic, PartitionMetadata[] partitions, UpdateMetadataPartitionState state) {
        TopicPartition topicPartition = new TopicPartition(topic, state.partitionIndex());
        if (state.leader() == LEADER_DURING_DELETE) {
            partitions[state.partitionIndex()] = null;
            deleted.add(topicPartition);
            return;
        }
        partitions[state.partitionIndex()] = new PartitionMetadata(
                state.partitionIndex(),
                state.leader(),
                state.leaderEpoch(),
                state.zkVersion(),
                shared(state.replicas()),
                shared(state.isr()),
                shared(state.offlineReplicas()));
        deleted.remove(topicPartition);
    }

    private void replace(String name, Uuid oldId, TopicMetadata next) {
        if (!oldId.equals(Uuid.ZERO_UUID) && (next.partitionCount() == 0 || !oldId.equals(next.id()))) {
            namesById = namesById.minus(oldId);
        }
        if (next.partitionCount() == 0) {
            topics = topics.minus(name);
            return;
        }
        topics = topics.plus(name, next);
        if (!next.id().equals(Uuid.ZERO_UUID) && !name.equals(namesById.get(next.id()))) {
            namesById = namesById.plus(next.id(), name);
        }
    }

    private List<Integer> shared(List<Integer> list) {
        List<Integer> copy = lists.get(list);
        if (copy == null) {
            copy = List.copyOf(list);
            lists.put(copy, copy);
        }
        return copy;
    }

    private SortedMap<Integer, BrokerMetadata> brokers(UpdateMetadataRequest request) {
        SortedMap<Integer, BrokerMetadata> brokers = new TreeMap<>();
        for (UpdateMetadataBroker broker : request.liveBrokers()) {
            BrokerMetadata next = broker(broker);
            BrokerMetadata old = before.broker(broker.id()).orElse(null);
            brokers.put(broker.id(), next.equals(old) ? old : next);
        }
        return Collections.unmodifiableSortedMap(brokers);
    }

    private static BrokerMetadata broker(UpdateMetadataBroker broker) {
        Map<String, Node> nodes = new HashMap<>();
        for (UpdateMetadataEndpoint endpoint : broker.endpoints()) {
            nodes.put(endpoint.listener(), new Node(broker.id(), endpoint.host(), endpoint.port(), broker.rack()));
        }
        return new BrokerMetadata(broker.id(), Optional.ofNullable(broker.rack()), Map.copyOf(nodes));
    }
}
