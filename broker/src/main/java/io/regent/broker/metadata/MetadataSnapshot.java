package io.regent.broker.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.network.ListenerName;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The cluster at one moment, as the controller announced it. Immutable; any thread may read it. Two snapshots share
 * every topic that did not change between them.
 */
public final class MetadataSnapshot {
    static final MetadataSnapshot EMPTY = new MetadataSnapshot(
            HashTreePMap.empty(), HashTreePMap.empty(), Collections.emptySortedMap(), OptionalInt.empty(), 0);

    private final PMap<String, TopicMetadata> topics;
    private final PMap<Uuid, String> namesById;
    private final SortedMap<Integer, BrokerMetadata> brokers;
    private final OptionalInt controllerId;
    private final int partitionCount;

    MetadataSnapshot(
            PMap<String, TopicMetadata> topics,
            PMap<Uuid, String> namesById,
            SortedMap<Integer, BrokerMetadata> brokers,
            OptionalInt controllerId,
            int partitionCount) {
        this.topics = topics;
        this.namesById = namesById;
        this.brokers = brokers;
        this.controllerId = controllerId;
        this.partitionCount = partitionCount;
    }

    public Set<String> topicNames() {
        return topics.keySet();
    }

    public Collection<TopicMetadata> topics() {
        return topics.values();
    }

    public Optional<TopicMetadata> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    public Optional<PartitionMetadata> partition(TopicPartition topicPartition) {
        return topic(topicPartition.topic()).flatMap(topic -> topic.partition(topicPartition.partition()));
    }

    public boolean contains(String topic) {
        return topics.containsKey(topic);
    }

    public boolean contains(TopicPartition topicPartition) {
        return partition(topicPartition).isPresent();
    }

    /** All topics' names by id; topics without an id are not in it. */
    public Map<Uuid, String> namesById() {
        return namesById;
    }

    public Optional<String> topicName(Uuid id) {
        return Optional.ofNullable(namesById.get(id));
    }

    /** The topic's id, {@link Uuid#ZERO_UUID} if it has none or is not known. */
    public Uuid topicId(String name) {
        TopicMetadata topic = topics.get(name);
        return topic == null ? Uuid.ZERO_UUID : topic.id();
    }

    /** Partitions of all topics together. */
    public int partitionCount() {
        return partitionCount;
    }

    /** The live brokers in the order of their ids. */
    public Collection<BrokerMetadata> aliveBrokers() {
        return brokers.values();
    }

    public boolean isAlive(int brokerId) {
        return brokers.containsKey(brokerId);
    }

    public Optional<BrokerMetadata> broker(int brokerId) {
        return Optional.ofNullable(brokers.get(brokerId));
    }

    /** Where a live broker is reached on a listener; empty when it is not alive or has no such listener. */
    public Optional<Node> node(int brokerId, ListenerName listener) {
        return broker(brokerId).flatMap(broker -> broker.node(listener.value()));
    }

    /** The controller that announced this. A client is told the holder of {@code /controller} where that is known. */
    public OptionalInt controllerId() {
        return controllerId;
    }

    PMap<String, TopicMetadata> topicMap() {
        return topics;
    }

    PMap<Uuid, String> nameMap() {
        return namesById;
    }
}
