package io.regent.metadata;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The whole cluster at one moment, as its controller knows it. Immutable; images share what did not change.
 *
 * <p>Most of it stands in ZooKeeper too. What does not ({@link #shuttingDown}, {@link #offlineReplicas}, the progress of
 * {@link #deletions}) is learnt anew by each reign.
 */
public final class ClusterImage {

    /** A cluster without brokers and topics. */
    public static final ClusterImage EMPTY = new ClusterImage(
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            HashTreePMap.empty(),
            ClusterLedger.EMPTY,
            HashTreePSet.empty(),
            HashTreePMap.empty());

    final PMap<Integer, BrokerRegistration> brokers;
    final PMap<String, TopicImage> topics;
    final PMap<TopicId, String> topicNames;
    final PMap<Integer, PSet<String>> topicsByBroker;
    final ClusterLedger ledger;
    final PSet<Integer> shuttingDown;
    final PMap<Integer, PSet<PartitionId>> offlineReplicas;

    /** The keys of {@code brokers}, sorted, once somebody has asked: which of them live is asked of each replica there is. */
    private volatile int[] liveIds;

    ClusterImage(
            PMap<Integer, BrokerRegistration> brokers,
            PMap<String, TopicImage> topics,
            PMap<TopicId, String> topicNames,
            PMap<Integer, PSet<String>> topicsByBroker,
            ClusterLedger ledger,
            PSet<Integer> shuttingDown,
            PMap<Integer, PSet<PartitionId>> offlineReplicas) {
        this.brokers = brokers;
        this.topics = topics;
        this.topicNames = topicNames;
        this.topicsByBroker = topicsByBroker;
        this.ledger = ledger;
        this.shuttingDown = shuttingDown;
        this.offlineReplicas = offlineReplicas;
    }

    /** An image of these brokers, topics and asked-for deletions, as they were read. Built in one go. */
    public static ClusterImage of(
            Collection<BrokerRegistration> brokers, Collection<TopicImage> topics, Set<String> topicsToDelete) {
        ImageEditor editor = new ImageEditor(EMPTY);
        brokers.forEach(editor::putBroker);
        topics.forEach(editor::putTopic);
        topicsToDelete.forEach(name -> editor.putDeletion(name, TopicDeletion.ASKED));
        return editor.image();
    }

    /** Begins a change of this image. */
    public ImageEditor edit() {
        return new ImageEditor(this);
    }

    /** The live brokers by id, ascending. Costs a copy of the (short) list. */
    public SortedMap<Integer, BrokerRegistration> brokers() {
        return new TreeMap<>(brokers);
    }

    /** The live broker of this id. */
    public Optional<BrokerRegistration> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    /** Whether this broker is registered. */
    public boolean isLive(int brokerId) {
        int[] ids = liveIds;
        if (ids == null) {
            ids = brokers.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
            liveIds = ids;
        }
        return Arrays.binarySearch(ids, brokerId) >= 0;
    }

    /** Whether this broker is registered and is not shutting down: whether it may be elected, or enter an ISR. */
    public boolean isEligible(int brokerId) {
        return isLive(brokerId) && !isShuttingDown(brokerId);
    }

    /** Whether this broker lives and its replica of the partition is not in a failed log directory. */
    public boolean isReplicaOnline(int brokerId, PartitionId partition) {
        return isLive(brokerId)
                && (offlineReplicas.isEmpty()
                        || !offlineReplicas
                                .getOrDefault(brokerId, HashTreePSet.empty())
                                .contains(partition));
    }

    /** Whether {@link #isEligible} and {@link #isReplicaOnline} both hold. */
    public boolean isReplicaEligible(int brokerId, PartitionId partition) {
        return isReplicaOnline(brokerId, partition) && !isShuttingDown(brokerId);
    }

    private boolean isShuttingDown(int brokerId) {
        return !shuttingDown.isEmpty() && shuttingDown.contains(brokerId);
    }

    /** The brokers that have begun a controlled shutdown. */
    public Set<Integer> shuttingDown() {
        return new TreeSet<>(shuttingDown);
    }

    /** The partitions whose replica on this broker is in a failed log directory. */
    public Set<PartitionId> offlineReplicas(int brokerId) {
        return offlineReplicas.getOrDefault(brokerId, HashTreePSet.empty());
    }

    /** Whether some replica of some live broker is in a failed log directory. */
    public boolean hasFailedLogDirectory() {
        return !offlineReplicas.isEmpty();
    }

    /** The topic of this name. */
    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    /** The topic of this id. */
    public Optional<TopicImage> topic(TopicId id) {
        return Optional.ofNullable(topicNames.get(id)).flatMap(this::topic);
    }

    /** All topics, in no particular order that a decision may depend on. */
    public Collection<TopicImage> topics() {
        return topics.values();
    }

    /** All topics' names, sorted. */
    public List<String> topicNames() {
        List<String> names = new ArrayList<>(topics.keySet());
        names.sort(null);
        return names;
    }

    /** The topics of which this broker holds a replica of some partition, sorted by name. */
    public List<TopicImage> topicsOf(int brokerId) {
        return topicsByBroker.getOrDefault(brokerId, HashTreePSet.empty()).stream()
                .sorted()
                .map(topics::get)
                .toList();
    }

    /** Whether this broker holds a replica of some partition. */
    public boolean hostsAny(int brokerId) {
        return topicsByBroker.containsKey(brokerId);
    }

    /** The partition's assignment; {@link Assignment#NONE} where there is no such partition. */
    public Assignment assignment(PartitionId partition) {
        TopicImage topic = topics.get(partition.topic());
        return topic == null ? Assignment.NONE : topic.assignment(partition.partition());
    }

    /** The partition's state; {@link PartitionState#NONE} where it has none. */
    public PartitionState state(PartitionId partition) {
        TopicImage topic = topics.get(partition.topic());
        return topic == null ? PartitionState.NONE : topic.state(partition.partition());
    }

    /** The deletions that were asked for and are not complete, by topic, sorted. */
    public SortedMap<String, TopicDeletion> deletions() {
        return new TreeMap<>(ledger.deletions());
    }

    /** Whether this topic's deletion was asked for. */
    public boolean isBeingDeleted(String topic) {
        return ledger.deletions().containsKey(topic);
    }

    /**
     * What {@code /admin/reassign_partitions} wants, by partition, as far as it is not done; empty when there is no such
     * znode, or nobody can read it.
     */
    public Optional<SortedMap<PartitionId, Replicas>> reassignmentOrders() {
        return ledger.reassignments();
    }

    /** What {@code /config/brokers} sets for the ruling node: its own entries over those for all brokers. */
    public Map<String, String> brokerConfig() {
        return ledger.brokerConfig();
    }

    /** The block of producer ids that was given out last, as {@code /latest_producer_id_block} says. */
    public ZnodeCopy<ProducerIdBlock> producerIds() {
        return ledger.producerIds();
    }

    /**
     * No block of producer ids that begins lower may be given out: it lies above every block that was seen, also when the
     * znode has vanished since, or says less.
     */
    public long producerIdFloor() {
        return ledger.producerIdFloor();
    }

    /** What {@code /feature} says. */
    public ZnodeCopy<FinalizedFeatures> features() {
        return ledger.features();
    }

    /** How many partitions the cluster has. Costs a walk over the topics. */
    public int partitionCount() {
        int count = 0;
        for (TopicImage topic : topics.values()) {
            count += topic.partitionCount();
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ClusterImage that
                        && brokers.equals(that.brokers)
                        && topics.equals(that.topics)
                        && ledger.equals(that.ledger)
                        && shuttingDown.equals(that.shuttingDown)
                        && offlineReplicas.equals(that.offlineReplicas));
    }

    @Override
    public int hashCode() {
        return 31 * brokers.hashCode() + topics.hashCode();
    }

    @Override
    public String toString() {
        return "ClusterImage(" + brokers.size() + " brokers, " + topics.size() + " topics)";
    }
}
