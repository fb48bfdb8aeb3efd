package io.regent.controller.zk;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of the topics has changed in ZooKeeper, or may have, since it was last asked for. Session's thread only.
 *
 * <p>A mark is taken away when the reading is sent, not when its reply comes: whatever changes in between marks it again.
 * The states of partitions, of which there may be a million, are bits. Marks are taken in the order in which they were made.
 */
final class Marks {

    private final Set<String> topics = new LinkedHashSet<>();
    private final Set<String> configs = new LinkedHashSet<>();
    private final Map<String, BitSet> states = new LinkedHashMap<>();
    private boolean names;
    private int stateCount;

    /** The list of all topics' names. */
    void markNames() {
        names = true;
    }

    /** The znode of this topic, and its configuration, but none of its partitions' states. */
    void markTopic(String topic) {
        topics.add(topic);
    }

    /** The configuration of this topic. */
    void markConfig(String topic) {
        configs.add(topic);
    }

    /** The state of a partition. The caller sees to it that there is such a partition, so that numbers are bounded. */
    void markState(String topic, int partition) {
        BitSet bits = states.computeIfAbsent(topic, name -> new BitSet());
        if (!bits.get(partition)) {
            bits.set(partition);
            stateCount++;
        }
    }

    /** The names, and everything of each topic that is known. */
    void markAll(ClusterImage known) {
        markNames();
        for (TopicImage topic : known.topics()) {
            markTopic(topic.name());
            for (int partition = 0; partition < topic.partitionCount(); partition++) {
                if (topic.hasPartition(partition)) {
                    markState(topic.name(), partition);
                }
            }
        }
    }

    /** The topic is gone, and with it all that was to be read of it. */
    void forget(String topic) {
        topics.remove(topic);
        configs.remove(topic);
        BitSet bits = states.remove(topic);
        stateCount -= bits == null ? 0 : bits.cardinality();
    }

    /** Whether nothing is marked but, perhaps, states. */
    boolean isEmptyButForStates() {
        return !names && topics.isEmpty() && configs.isEmpty();
    }

    boolean isEmpty() {
        return isEmptyButForStates() && stateCount == 0;
    }

    /** How many readings are due. */
    int count() {
        return (names ? 1 : 0) + topics.size() + configs.size() + stateCount;
    }

    /** Whether the names are to be read; they are taken with that. */
    boolean takeNames() {
        boolean taken = names;
        names = false;
        return taken;
    }

    /** At most this many topics. Their configurations are read with them, and are taken too. */
    List<String> takeTopics(int most) {
        List<String> taken = take(topics, most);
        taken.forEach(configs::remove);
        return taken;
    }

    /** At most this many topics whose configuration alone is to be read. */
    List<String> takeConfigs(int most) {
        return take(configs, most);
    }

    private static List<String> take(Set<String> from, int most) {
        List<String> taken = new ArrayList<>(Math.min(most, from.size()));
        Iterator<String> each = from.iterator();
        while (taken.size() < most && each.hasNext()) {
            taken.add(each.next());
            each.remove();
        }
        return taken;
    }

    /** At most this many partitions. */
    List<PartitionId> takeStates(int most) {
        List<PartitionId> taken = new ArrayList<>(Math.min(most, stateCount));
        Iterator<Map.Entry<String, BitSet>> each = states.entrySet().iterator();
        while (taken.size() < most && each.hasNext()) {
            Map.Entry<String, BitSet> entry = each.next();
            BitSet bits = entry.getValue();
            int bit = bits.nextSetBit(0);
            for (; bit >= 0 && taken.size() < most; bit = bits.nextSetBit(bit + 1)) {
                taken.add(new PartitionId(entry.getKey(), bit));
                bits.clear(bit);
            }
            if (bit < 0) {
                each.remove();
            }
        }
        stateCount -= taken.size();
        return taken;
    }
}
