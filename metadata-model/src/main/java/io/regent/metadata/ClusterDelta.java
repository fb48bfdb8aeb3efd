package io.regent.metadata;

import java.util.BitSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one step touched: two images and the places where they may differ. Immutable.
 *
 * <p>Whatever follows from a change (what ZooKeeper must hold, what brokers must be told) is derived from here, at a
 * cost that follows the change and not the cluster.
 */
public final class ClusterDelta {

    private final ClusterImage before;
    private final ClusterImage after;
    private final SortedSet<Integer> brokers;
    private final SortedSet<String> topics;
    private final PartitionSet partitions;

    /** @param partitions by topic; without members where only other things of the topic were touched */
    ClusterDelta(
            ClusterImage before, ClusterImage after, SortedSet<Integer> brokers, SortedMap<String, BitSet> partitions) {
        this.before = before;
        this.after = after;
        this.brokers = Collections.unmodifiableSortedSet(new TreeSet<>(brokers));
        this.topics = Collections.unmodifiableSortedSet(new TreeSet<>(partitions.keySet()));
        this.partitions = PartitionSet.copyOf(partitions);
    }

    /** The delta of a step that changed nothing. */
    public static ClusterDelta nothing(ClusterImage image) {
        return new ClusterDelta(image, image, Collections.emptySortedSet(), Collections.emptySortedMap());
    }

    /** The image before the step. */
    public ClusterImage before() {
        return before;
    }

    /** The image after the step. */
    public ClusterImage after() {
        return after;
    }

    /** The ids of the brokers that were touched, ascending. */
    public SortedSet<Integer> brokers() {
        return brokers;
    }

    /** The names of the topics of which something was touched, sorted. */
    public SortedSet<String> topics() {
        return topics;
    }

    /** The touched partitions. A topic of which only other things were touched is not named here. */
    public PartitionSet partitions() {
        return partitions;
    }

    /** Whether nothing was touched. */
    public boolean isEmpty() {
        return brokers.isEmpty() && topics.isEmpty();
    }

    @Override
    public String toString() {
        return "ClusterDelta(brokers " + brokers + ", " + partitions.size() + " partitions of " + topics.size()
                + " topics)";
    }
}
