package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The partitions of which a broker must still be told, each once and with its newest state.
 *
 * <p>Large announcements are kept as the shared set they came as; small ones are kept partition by partition, so that a
 * broker that is slow for long costs no more than one entry a partition. Used by one thread.
 */
final class PendingStates {

    /** From this size on, sharing the set is cheaper than an entry a partition. */
    static final int LARGE = 1_000;

    /** In the order of their last change, which keeps the partitions of a topic together. */
    private final Map<PartitionId, Entry> single = new LinkedHashMap<>();

    private final List<Layer> layers = new ArrayList<>();
    /** Whether a new partition may be waiting; most announcements have none, and need not look for one. */
    private boolean anyNew;

    /**
     * A partition to tell of.
     *
     * @param image where its state is found
     * @param isNew whether this broker was never told of it in this reign's announcements and it never had a leader
     */
    record Entry(PartitionId partition, ClusterImage image, boolean isNew) {}

    private record Layer(ClusterImage image, PartitionSet partitions, PartitionSet newPartitions) {}

    boolean isEmpty() {
        return single.isEmpty() && layers.isEmpty();
    }

    int size() {
        int size = single.size();
        for (Layer layer : layers) {
            size += layer.partitions().size();
        }
        return size;
    }

    /** Adds partitions; what waited of them is outdated, except that a new one is still new. */
    void add(ClusterImage image, PartitionSet partitions, PartitionSet newPartitions) {
        if (partitions.isEmpty()) {
            return;
        }
        PartitionSet allNew = stillNew(partitions, newPartitions);
        remove(partitions);
        if (partitions.size() >= LARGE) {
            layers.add(new Layer(image, partitions, allNew));
        } else {
            partitions.forEach(
                    partition -> single.put(partition, new Entry(partition, image, allNew.contains(partition))));
        }
    }

    private PartitionSet stillNew(PartitionSet partitions, PartitionSet newPartitions) {
        anyNew &= !isEmpty();
        anyNew |= !newPartitions.isEmpty();
        if (!anyNew) {
            return PartitionSet.EMPTY;
        }
        PartitionSet.Builder stillNew = PartitionSet.builder();
        partitions.forEach(partition -> {
            if (newPartitions.contains(partition) || isWaitingAsNew(partition)) {
                stillNew.add(partition);
            }
        });
        return stillNew.build();
    }

    private boolean isWaitingAsNew(PartitionId partition) {
        Entry entry = single.get(partition);
        return (entry != null && entry.isNew())
                || layers.stream().anyMatch(layer -> layer.newPartitions().contains(partition));
    }

    /** Takes partitions out: they need not be told of any more. */
    void remove(PartitionSet partitions) {
        if (partitions.size() < single.size()) {
            partitions.forEach(single::remove);
        } else {
            single.keySet().removeIf(partitions::contains);
        }
        layers.replaceAll(layer -> new Layer(
                layer.image(),
                layer.partitions().minus(partitions),
                layer.newPartitions().minus(partitions)));
        layers.removeIf(layer -> layer.partitions().isEmpty());
    }

    /** Takes out the next partitions, of which there are some, until their sizes reach this many bytes. */
    List<Entry> take(int maxBytes, ToIntFunction<Entry> sizeBytes) {
        List<Entry> taken = new ArrayList<>();
        int bytes = 0;
        Iterator<Map.Entry<PartitionId, Entry>> singles = single.entrySet().iterator();
        while (bytes < maxBytes && singles.hasNext()) {
            Entry entry = singles.next().getValue();
            bytes += sizeBytes.applyAsInt(entry);
            taken.add(entry);
            singles.remove();
        }
        while (bytes < maxBytes && !layers.isEmpty()) {
            bytes += takeFromLayer(maxBytes - bytes, sizeBytes, taken);
        }
        return taken;
    }

    private int takeFromLayer(int maxBytes, ToIntFunction<Entry> sizeBytes, List<Entry> taken) {
        Layer layer = layers.remove(0);
        PartitionSet.Builder rest = PartitionSet.builder();
        int[] bytes = {0};
        layer.partitions().forEach(partition -> {
            if (bytes[0] >= maxBytes) {
                rest.add(partition);
                return;
            }
            Entry entry =
                    new Entry(partition, layer.image(), layer.newPartitions().contains(partition));
            bytes[0] += sizeBytes.applyAsInt(entry);
            taken.add(entry);
        });
        PartitionSet left = rest.build();
        if (!left.isEmpty()) {
            layers.add(0, new Layer(layer.image(), left, layer.newPartitions()));
        }
        return bytes[0];
    }
}
