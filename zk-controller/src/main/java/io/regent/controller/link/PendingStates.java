package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The partitions of which a broker must still be told, each once and with its newest state.
 *
 * <p>It keeps bits and not partitions, so that a broker that is slow for long costs little, and a change of a whole cluster
 * costs what its topics cost. Used by one thread.
 */
final class PendingStates {

    private final TreeMap<String, PendingTopic> topics = new TreeMap<>();
    private int size;
    /** Where the next taking begins, so that changes of the first topics do not keep the last ones waiting. */
    private String next = "";

    boolean isEmpty() {
        return topics.isEmpty();
    }

    int size() {
        return size;
    }

    /** Adds partitions; what waited of them is outdated, except that a new one is still new. */
    void add(ClusterImage image, PartitionSet partitions, PartitionSet newPartitions) {
        partitions.forEachTopic((name, numbers) -> {
            PendingTopic topic = topics.get(name);
            if (topic == null) {
                topic = new PendingTopic();
                topics.put(name, topic);
            }
            size -= topic.size();
            topic.add(image, numbers, newPartitions.numbersOf(name));
            size += topic.size();
        });
    }

    /** Takes partitions out: they need not be told of any more. */
    void remove(PartitionSet partitions) {
        partitions.forEachTopic((name, numbers) -> {
            PendingTopic topic = topics.get(name);
            if (topic != null) {
                size -= topic.size();
                topic.remove(numbers);
                size += topic.size();
                if (topic.isEmpty()) {
                    topics.remove(name);
                }
            }
        });
    }

    /** Takes out the next partitions, of which there are some, until their sizes reach this many bytes. */
    List<TopicStates> take(int maxBytes) {
        List<TopicStates> taken = new ArrayList<>();
        int bytes = 0;
        while (bytes < maxBytes && !topics.isEmpty()) {
            Map.Entry<String, PendingTopic> entry = topics.ceilingEntry(next);
            if (entry == null) {
                entry = topics.firstEntry();
            }
            TopicStates states = entry.getValue().take(entry.getKey(), maxBytes - bytes);
            bytes += states.bytes();
            size -= states.size();
            taken.add(states);
            next = entry.getKey();
            if (entry.getValue().isEmpty()) {
                topics.remove(entry.getKey());
            }
        }
        return taken;
    }
}
