package io.regent.metadata;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A topic and its partitions at one moment. Immutable.
 *
 * <p>Partitions are numbered from 0. A number that the topic's znode leaves out (older tools could write such) has
 * {@link Assignment#NONE}.
 */
public final class TopicImage {

    private final String name;
    private final TopicId id;
    private final Map<String, String> config;
    private final int version;
    private final Assignment[] assignments;
    private final PartitionState[] states;
    /** Found when it is first asked for, be it by several threads; 0 until then. */
    private int mostReplicas;

    private TopicImage(
            String name,
            TopicId id,
            Map<String, String> config,
            int version,
            Assignment[] assignments,
            PartitionState[] states) {
        this.name = name;
        this.id = id;
        this.config = config;
        this.version = version;
        this.assignments = assignments;
        this.states = states;
    }

    /**
     * A topic as its znodes hold it.
     *
     * @param config the overrides of {@code /config/topics/NAME}
     * @param version the {@code dataVersion} of {@code /brokers/topics/NAME}
     * @param assignments by partition number; not used by the caller afterwards
     * @param states by partition number, {@link PartitionState#NONE} where there is no state znode; as many as
     *     assignments; not used by the caller afterwards
     */
    public static TopicImage of(
            String name,
            TopicId id,
            Map<String, String> config,
            int version,
            Assignment[] assignments,
            PartitionState[] states) {
        if (assignments.length != states.length) {
            throw new IllegalArgumentException(
                    name + " has " + assignments.length + " assignments and " + states.length + " states");
        }
        return new TopicImage(name, id, Map.copyOf(config), version, assignments, states);
    }

    /**
     * A topic whose znode is there but cannot be read. Its name is taken and it can be deleted; it has no partitions, so
     * nothing else is decided about it.
     *
     * @param version the {@code dataVersion} of {@code /brokers/topics/NAME}
     */
    public static TopicImage unreadable(String name, int version) {
        return of(name, TopicId.NONE, Map.of(), version, new Assignment[0], new PartitionState[0]);
    }

    /** Whether this is {@link #unreadable}, or is as good as that: it has neither partitions nor an id. */
    public boolean isUnreadable() {
        return assignments.length == 0 && !id.isPresent();
    }

    public String name() {
        return name;
    }

    /** The topic's id, or {@link TopicId#NONE}. */
    public TopicId id() {
        return id;
    }

    /** The overrides of the topic's configuration. */
    public Map<String, String> config() {
        return config;
    }

    /** The {@code dataVersion} of the topic's znode. */
    public int version() {
        return version;
    }

    /** One more than the highest partition number. */
    public int partitionCount() {
        return assignments.length;
    }

    /** Whether the topic has a partition of this number. */
    public boolean hasPartition(int partition) {
        return partition >= 0 && partition < assignments.length && assignments[partition].exists();
    }

    /** The partition's assignment; {@link Assignment#NONE} where the topic has no such partition. */
    public Assignment assignment(int partition) {
        return partition >= 0 && partition < assignments.length ? assignments[partition] : Assignment.NONE;
    }

    /** The partition's state; {@link PartitionState#NONE} where it has none yet. */
    public PartitionState state(int partition) {
        return partition >= 0 && partition < states.length ? states[partition] : PartitionState.NONE;
    }

    /** Every broker that holds a replica of some partition. */
    public Set<Integer> brokers() {
        Set<Integer> brokers = new TreeSet<>();
        Assignment last = Assignment.NONE;
        for (Assignment assignment : assignments) {
            if (!assignment.equals(last)) {
                Replicas replicas = assignment.replicas();
                for (int i = 0; i < replicas.size(); i++) {
                    brokers.add(replicas.get(i));
                }
                last = assignment;
            }
        }
        return brokers;
    }

    /** How many replicas the partition with the most of them has. */
    public int mostReplicas() {
        int most = mostReplicas;
        if (most == 0) {
            for (Assignment assignment : assignments) {
                most = Math.max(most, assignment.replicas().size());
            }
            mostReplicas = most;
        }
        return most;
    }

    /** Whether any partition is being reassigned. */
    public boolean isReassigning() {
        for (Assignment assignment : assignments) {
            if (assignment.isReassigning()) {
                return true;
            }
        }
        return false;
    }

    TopicImage withStates(PartitionState[] newStates) {
        return new TopicImage(name, id, config, version, assignments, newStates);
    }

    TopicImage withAssignments(int newVersion, Assignment[] newAssignments, PartitionState[] newStates) {
        return new TopicImage(name, id, config, newVersion, newAssignments, newStates);
    }

    TopicImage withId(int newVersion, TopicId newId) {
        return new TopicImage(name, newId, config, newVersion, assignments, states);
    }

    TopicImage withConfig(Map<String, String> newConfig) {
        return new TopicImage(name, id, Map.copyOf(newConfig), version, assignments, states);
    }

    Assignment[] copyAssignments(int length) {
        Assignment[] copy = Arrays.copyOf(assignments, Math.max(length, assignments.length));
        Arrays.fill(copy, assignments.length, copy.length, Assignment.NONE);
        return copy;
    }

    PartitionState[] copyStates(int length) {
        PartitionState[] copy = Arrays.copyOf(states, Math.max(length, states.length));
        Arrays.fill(copy, states.length, copy.length, PartitionState.NONE);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof TopicImage that
                        && name.equals(that.name)
                        && id.equals(that.id)
                        && version == that.version
                        && config.equals(that.config)
                        && Arrays.equals(assignments, that.assignments)
                        && Arrays.equals(states, that.states));
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + id.hashCode();
    }

    @Override
    public String toString() {
        return name + "(" + id + ", " + assignments.length + " partitions)";
    }
}
