package io.regent.metadata;

import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * How far the deletion of a topic has come: which replicas have confirmed that their log is gone. Immutable.
 *
 * <p>Not kept in ZooKeeper. A new reign begins again, and replicas that have no log confirm at once.
 */
public record TopicDeletion(PMap<Integer, PSet<Integer>> confirmedByBroker) {

    /** A deletion that was asked for and that no replica has confirmed. */
    public static final TopicDeletion ASKED = new TopicDeletion(HashTreePMap.empty());

    /** Whether this broker has confirmed that its replica of the partition is gone. */
    public boolean isConfirmed(int brokerId, int partition) {
        return confirmedByBroker.getOrDefault(brokerId, HashTreePSet.empty()).contains(partition);
    }

    /** The progress after this broker confirmed one partition more. */
    public TopicDeletion confirm(int brokerId, int partition) {
        PSet<Integer> partitions = confirmedByBroker.getOrDefault(brokerId, HashTreePSet.empty());
        return new TopicDeletion(confirmedByBroker.plus(brokerId, partitions.plus(partition)));
    }
}
