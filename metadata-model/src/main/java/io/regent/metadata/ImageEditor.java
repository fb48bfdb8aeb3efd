package io.regent.metadata;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * Makes the next {@link ClusterImage} from one, and remembers what it touched.
 *
 * <p>Reads see the edits made so far. Its cost follows the change: a topic's arrays are copied once, when a partition of
 * it is first touched. Used by one thread, for one step, then dropped.
 */
public final class ImageEditor {

    private final ClusterImage base;
    private final Map<String, OpenTopic> open = new TreeMap<>();
    private final SortedSet<Integer> touchedBrokers = new TreeSet<>();
    private final SortedMap<String, BitSet> touchedPartitions = new TreeMap<>();

    /** The topic that was edited last, if it is still open: a broker's partitions are edited topic by topic. */
    private OpenTopic lastEdited;

    private String lastTouchedTopic = "";
    private BitSet lastTouched = new BitSet();

    private PMap<Integer, BrokerRegistration> brokers;
    private PMap<String, TopicImage> topics;
    private PMap<TopicId, String> topicNames;
    private PMap<Integer, PSet<String>> topicsByBroker;
    private ClusterLedger ledger;
    private PSet<Integer> shuttingDown;
    private PMap<Integer, PSet<PartitionId>> offlineReplicas;

    /** A topic whose partitions are being edited. */
    private static final class OpenTopic {
        private TopicImage topic;
        private Assignment[] assignments;
        private PartitionState[] states;
        private boolean assignmentsChanged;

        OpenTopic(TopicImage topic) {
            this.topic = topic;
            this.assignments = topic.copyAssignments(topic.partitionCount());
            this.states = topic.copyStates(topic.partitionCount());
        }

        void reach(int partition) {
            if (partition >= assignments.length) {
                List<Assignment> grown = new ArrayList<>(List.of(assignments));
                List<PartitionState> grownStates = new ArrayList<>(List.of(states));
                while (grown.size() <= partition) {
                    grown.add(Assignment.NONE);
                    grownStates.add(PartitionState.NONE);
                }
                assignments = grown.toArray(Assignment[]::new);
                states = grownStates.toArray(PartitionState[]::new);
            }
        }
    }

    ImageEditor(ClusterImage base) {
        this.base = base;
        this.brokers = base.brokers;
        this.topics = base.topics;
        this.topicNames = base.topicNames;
        this.topicsByBroker = base.topicsByBroker;
        this.ledger = base.ledger;
        this.shuttingDown = base.shuttingDown;
        this.offlineReplicas = base.offlineReplicas;
    }

    /** The image that this editor started from. */
    public ClusterImage base() {
        return base;
    }

    /** Adds a broker, or replaces its registration; what was known of its former life is forgotten when its epoch differs. */
    public ImageEditor putBroker(BrokerRegistration broker) {
        BrokerRegistration before = brokers.get(broker.id());
        if (before == null || before.epoch() != broker.epoch()) {
            forgetLife(broker.id());
        }
        brokers = brokers.plus(broker.id(), broker);
        touchedBrokers.add(broker.id());
        return this;
    }

    /** Removes a broker, and what was known of its life. */
    public ImageEditor removeBroker(int brokerId) {
        brokers = brokers.minus(brokerId);
        forgetLife(brokerId);
        touchedBrokers.add(brokerId);
        return this;
    }

    private void forgetLife(int brokerId) {
        shuttingDown = shuttingDown.minus(brokerId);
        offlineReplicas = offlineReplicas.minus(brokerId);
    }

    /** Marks a live broker as shutting down: it is elected no more. */
    public ImageEditor beginShutdown(int brokerId) {
        shuttingDown = shuttingDown.plus(brokerId);
        touchedBrokers.add(brokerId);
        return this;
    }

    /** Replaces the set of partitions whose replica on this broker is in a failed log directory. */
    public ImageEditor putOfflineReplicas(int brokerId, Set<PartitionId> partitions) {
        offlineReplicas = partitions.isEmpty()
                ? offlineReplicas.minus(brokerId)
                : offlineReplicas.plus(brokerId, HashTreePSet.from(partitions));
        partitions.forEach(this::touch);
        return this;
    }

    /** Adds a topic, or replaces it whole; every partition of it counts as touched. */
    public ImageEditor putTopic(TopicImage topic) {
        removeTopic(topic.name());
        topics = topics.plus(topic.name(), topic);
        if (topic.id().isPresent()) {
            topicNames = topicNames.plus(topic.id(), topic.name());
        }
        topic.brokers().forEach(broker -> index(broker, topic.name()));
        touched(topic.name()).set(0, topic.partitionCount());
        return this;
    }

    /** Removes a topic and everything of it but its deletion. */
    public ImageEditor removeTopic(String name) {
        OpenTopic edited = open.remove(name);
        lastEdited = null;
        TopicImage topic = edited == null ? topics.get(name) : close(edited);
        if (topic == null) {
            return this;
        }
        topics = topics.minus(name);
        topicNames = topicNames.minus(topic.id());
        topic.brokers().forEach(broker -> unindex(broker, name));
        touched(name).set(0, topic.partitionCount());
        return this;
    }

    /** Gives the topic another id; the znode's version rises by one, as the write of it will make it. */
    public ImageEditor setTopicId(String name, TopicId id) {
        OpenTopic edited = open(name);
        topicNames = topicNames.minus(edited.topic.id()).plus(id, name);
        edited.topic = edited.topic.withId(edited.topic.version(), id);
        edited.assignmentsChanged = true;
        touched(name);
        return this;
    }

    /** Has the topic's znode written once more as the image has it; its version rises by one. */
    public ImageEditor rewriteTopic(String name) {
        open(name).assignmentsChanged = true;
        touched(name);
        return this;
    }

    /** Replaces the overrides of the topic's configuration, as they were read. */
    public ImageEditor setTopicConfig(String name, Map<String, String> config) {
        OpenTopic edited = open(name);
        edited.topic = edited.topic.withConfig(config);
        touched(name);
        return this;
    }

    /**
     * Sets a partition's assignment, adding the partition where the topic lacks it. However many assignments change in
     * one edit, the topic's znode is written once and its version rises by one.
     *
     * @throws IllegalArgumentException when there is no such topic
     */
    public ImageEditor setAssignment(PartitionId partition, Assignment assignment) {
        OpenTopic edited = open(partition.topic());
        edited.reach(partition.partition());
        edited.assignments[partition.partition()] = assignment;
        edited.assignmentsChanged = true;
        touch(partition);
        return this;
    }

    /**
     * Sets the state of a partition.
     *
     * @throws IllegalArgumentException when there is no such topic
     */
    public ImageEditor setState(PartitionId partition, PartitionState state) {
        OpenTopic edited = open(partition.topic());
        edited.reach(partition.partition());
        edited.states[partition.partition()] = state;
        touch(partition);
        return this;
    }

    /** Sets how far a topic's deletion has come. */
    public ImageEditor putDeletion(String topic, TopicDeletion deletion) {
        ledger = ledger.withDeletions(ledger.deletions().plus(topic, deletion));
        touched(topic);
        return this;
    }

    /** Ends a topic's deletion. */
    public ImageEditor removeDeletion(String topic) {
        ledger = ledger.withDeletions(ledger.deletions().minus(topic));
        touched(topic);
        return this;
    }

    /** Replaces what {@code /admin/reassign_partitions} wants; empty when there is no such znode. */
    public ImageEditor setReassignmentOrders(Optional<SortedMap<PartitionId, Replicas>> targets) {
        ledger = ledger.withReassignments(targets);
        return this;
    }

    /** What {@code /admin/reassign_partitions} wants, edits included. */
    public Optional<SortedMap<PartitionId, Replicas>> reassignmentOrders() {
        return ledger.reassignments();
    }

    /** Replaces what {@code /config/brokers} sets for the ruling node. */
    public ImageEditor setBrokerConfig(Map<String, String> config) {
        ledger = ledger.withBrokerConfig(config);
        return this;
    }

    /** Replaces what {@code /latest_producer_id_block} says; the floor of later blocks rises with it, and never sinks. */
    public ImageEditor setProducerIds(ZnodeCopy<ProducerIdBlock> last) {
        ledger = ledger.withProducerIds(last);
        return this;
    }

    /** Has no block of producer ids begin lower, as an earlier reign has given them out. */
    public ImageEditor raiseProducerIdFloor(long floor) {
        ledger = ledger.withProducerIdFloor(floor);
        return this;
    }

    /** Replaces what {@code /feature} says. */
    public ImageEditor setFeatures(ZnodeCopy<FinalizedFeatures> features) {
        ledger = ledger.withFeatures(features);
        return this;
    }

    /** Whether the topic's deletion was asked for, edits included. */
    public boolean isBeingDeleted(String topic) {
        return ledger.deletions().containsKey(topic);
    }

    /** The partition's state, edits included. */
    public PartitionState state(PartitionId partition) {
        OpenTopic edited = edited(partition.topic());
        if (edited != null && partition.partition() < edited.states.length) {
            return edited.states[partition.partition()];
        }
        TopicImage topic = topics.get(partition.topic());
        return topic == null ? PartitionState.NONE : topic.state(partition.partition());
    }

    /** The partition's assignment, edits included. */
    public Assignment assignment(PartitionId partition) {
        OpenTopic edited = edited(partition.topic());
        if (edited != null && partition.partition() < edited.assignments.length) {
            return edited.assignments[partition.partition()];
        }
        TopicImage topic = topics.get(partition.topic());
        return topic == null ? Assignment.NONE : topic.assignment(partition.partition());
    }

    /** Whether the topic exists, edits included. */
    public boolean hasTopic(String name) {
        return topics.containsKey(name);
    }

    /** The live broker of this id, edits included. */
    public Optional<BrokerRegistration> broker(int brokerId) {
        return Optional.ofNullable(brokers.get(brokerId));
    }

    /** The image with all edits made so far. The editor may be used on; topics touched again are copied again. */
    public ClusterImage image() {
        open.values().forEach(this::settle);
        open.clear();
        lastEdited = null;
        return new ClusterImage(brokers, topics, topicNames, topicsByBroker, ledger, shuttingDown, offlineReplicas);
    }

    /** The difference between {@link #base} and {@link #image}, as far as it was touched. */
    public ClusterDelta delta() {
        return new ClusterDelta(base, image(), touchedBrokers, touchedPartitions);
    }

    private void settle(OpenTopic edited) {
        TopicImage before = topics.get(edited.topic.name());
        TopicImage after = close(edited);
        topics = topics.plus(after.name(), after);
        if (edited.assignmentsChanged) {
            Set<Integer> brokersBefore = before.brokers();
            Set<Integer> brokersAfter = after.brokers();
            brokersBefore.stream().filter(b -> !brokersAfter.contains(b)).forEach(b -> unindex(b, after.name()));
            brokersAfter.stream().filter(b -> !brokersBefore.contains(b)).forEach(b -> index(b, after.name()));
        }
    }

    private static TopicImage close(OpenTopic edited) {
        return edited.assignmentsChanged
                ? edited.topic.withAssignments(edited.topic.version() + 1, edited.assignments, edited.states)
                : edited.topic.withStates(edited.states);
    }

    private OpenTopic open(String name) {
        OpenTopic edited = edited(name);
        if (edited == null) {
            TopicImage topic = topics.get(name);
            if (topic == null) {
                throw new IllegalArgumentException("there is no topic '" + name + "' to edit");
            }
            edited = new OpenTopic(topic);
            open.put(name, edited);
            lastEdited = edited;
        }
        return edited;
    }

    /** The topic as it is being edited; null where it is not. */
    private OpenTopic edited(String name) {
        if (lastEdited != null && lastEdited.topic.name().equals(name)) {
            return lastEdited;
        }
        OpenTopic edited = open.get(name);
        if (edited != null) {
            lastEdited = edited;
        }
        return edited;
    }

    private void index(int broker, String topic) {
        topicsByBroker = topicsByBroker.plus(
                broker,
                topicsByBroker.getOrDefault(broker, HashTreePSet.empty()).plus(topic));
    }

    private void unindex(int broker, String topic) {
        PSet<String> rest =
                topicsByBroker.getOrDefault(broker, HashTreePSet.empty()).minus(topic);
        topicsByBroker = rest.isEmpty() ? topicsByBroker.minus(broker) : topicsByBroker.plus(broker, rest);
    }

    private void touch(PartitionId partition) {
        touched(partition.topic()).set(partition.partition());
    }

    private BitSet touched(String topic) {
        if (!topic.equals(lastTouchedTopic)) {
            lastTouchedTopic = topic;
            lastTouched = touchedPartitions.computeIfAbsent(topic, name -> new BitSet());
        }
        return lastTouched;
    }
}
