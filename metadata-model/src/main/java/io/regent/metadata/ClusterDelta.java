package io.regent.metadata;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one step touched: two images and the places where they may differ. Immutable.
 *
 * <p>Whatever follows from a change (what ZooKeeper must hold, what brokers must be told) is derived from here, at a
 * cost that follows the change and not the cluster. A delta can be {@linkplain #split split} into smaller ones that
 * are written and announced one after the other.
 */
public final class ClusterDelta {

    private final ClusterImage before;
    private final ClusterImage after;
    private final SortedSet<Integer> brokers;
    private final SortedMap<String, BitSet> partitions;

    /** Receives the touched partitions of a delta. */
    @FunctionalInterface
    public interface PartitionVisitor {
        /** Is called with one touched partition; its states are found in the two images. */
        void visit(PartitionId partition);
    }

    ClusterDelta(
            ClusterImage before, ClusterImage after, SortedSet<Integer> brokers, SortedMap<String, BitSet> partitions) {
        this.before = before;
        this.after = after;
        this.brokers = Collections.unmodifiableSortedSet(new TreeSet<>(brokers));
        TreeMap<String, BitSet> copy = new TreeMap<>();
        partitions.forEach((topic, numbers) -> copy.put(topic, (BitSet) numbers.clone()));
        this.partitions = Collections.unmodifiableSortedMap(copy);
    }

    /** The delta of a step that changed nothing. */
    public static ClusterDelta nothing(ClusterImage image) {
        return new ClusterDelta(image, image, Collections.emptySortedSet(), Collections.emptySortedMap());
    }

    /** The image before the step. */
    public ClusterImage before() {
        return before;
    }

    /** The image after the step; the same for every part of a split delta. */
    public ClusterImage after() {
        return after;
    }

    /** The ids of the brokers that were touched, ascending. */
    public SortedSet<Integer> brokers() {
        return brokers;
    }

    /** The names of the topics of which something was touched, sorted. */
    public SortedSet<String> topics() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(partitions.keySet()));
    }

    /** Whether nothing was touched. */
    public boolean isEmpty() {
        return brokers.isEmpty() && partitions.isEmpty();
    }

    /** Visits each touched partition, by topic and number. */
    public void forEachPartition(PartitionVisitor visitor) {
        partitions.forEach(
                (topic, numbers) -> numbers.stream().forEach(number -> visitor.visit(new PartitionId(topic, number))));
    }

    /** The touched partitions. A topic of which only other things were touched is not named here. */
    public PartitionSet partitions() {
        return PartitionSet.copyOf(partitions);
    }

    /** How many partitions were touched. */
    public int partitionCount() {
        return partitions.values().stream().mapToInt(BitSet::cardinality).sum();
    }

    /**
     * Divides this into deltas of at most this many partitions, in order. The first holds the touched brokers; a topic
     * that needs several is named in each of them.
     */
    public List<ClusterDelta> split(int maxPartitions) {
        if (partitionCount() <= maxPartitions) {
            return List.of(this);
        }
        List<ClusterDelta> parts = new ArrayList<>();
        SortedMap<String, BitSet> part = new TreeMap<>();
        int size = 0;
        for (var entry : partitions.entrySet()) {
            BitSet rest = (BitSet) entry.getValue().clone();
            do {
                if (size == maxPartitions) {
                    parts.add(part(parts.isEmpty(), part));
                    part = new TreeMap<>();
                    size = 0;
                }
                BitSet taken = takeFirst(rest, maxPartitions - size);
                size += taken.cardinality();
                part.put(entry.getKey(), taken);
            } while (!rest.isEmpty());
        }
        parts.add(part(parts.isEmpty(), part));
        return parts;
    }

    private ClusterDelta part(boolean first, SortedMap<String, BitSet> part) {
        return new ClusterDelta(before, after, first ? brokers : Collections.emptySortedSet(), part);
    }

    /** Moves the lowest {@code count} bits out of {@code from}. */
    private static BitSet takeFirst(BitSet from, int count) {
        BitSet taken = new BitSet();
        int bit = from.nextSetBit(0);
        for (int i = 0; i < count && bit >= 0; i++) {
            taken.set(bit);
            from.clear(bit);
            bit = from.nextSetBit(bit + 1);
        }
        return taken;
    }

    @Override
    public String toString() {
        return "ClusterDelta(brokers " + brokers + ", " + partitionCount() + " partitions of " + partitions.size()
                + " topics)";
    }
}
