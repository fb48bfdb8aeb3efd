package io.regent.metadata;

import com.google.common.base.Suppliers;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * An immutable set of partitions, compact enough to name a whole cluster: a topic's numbers are the bits of one word
 * array. Iterated by topic, then by number. Safe for use by any thread.
 */
public final class PartitionSet {

    /** The set without members. */
    public static final PartitionSet EMPTY = new PartitionSet(new TreeMap<>());

    private final Supplier<Members> members;

    /** Nobody changes the map, or its bit sets. No bit set is empty. */
    private record Members(SortedMap<String, BitSet> numbers, int size) {
        static Members of(SortedMap<String, BitSet> numbers) {
            return new Members(
                    numbers,
                    numbers.values().stream().mapToInt(BitSet::cardinality).sum());
        }
    }

    private PartitionSet(Supplier<Members> members) {
        this.members = members;
    }

    /** Takes the map as its own: nobody changes it, or its bit sets, afterwards. No bit set is empty. */
    private PartitionSet(SortedMap<String, BitSet> numbers) {
        Members all = Members.of(numbers);
        this.members = () -> all;
    }

    private SortedMap<String, BitSet> numbers() {
        return members.get().numbers();
    }

    /**
     * A set that is made when somebody first asks for its members, once and by that thread: to name a whole cluster costs whoever
     * does it nothing.
     *
     * @param made gives the same set whenever it is asked
     */
    public static PartitionSet lazily(Supplier<PartitionSet> made) {
        return new PartitionSet(Suppliers.memoize(() -> made.get().members.get()));
    }

    /** Collects partitions into a set. Used by one thread. */
    public static final class Builder {
        private SortedMap<String, BitSet> numbers = new TreeMap<>();
        /** The topic that was added to last, or null: a whole cluster is added topic by topic. */
        private String lastTopic;

        private BitSet lastNumbers;

        /** Adds a partition; one that was added before stays. */
        public Builder add(PartitionId partition) {
            return add(partition.topic(), partition.partition());
        }

        /** Adds a partition; one that was added before stays. */
        public Builder add(String topic, int partition) {
            if (!topic.equals(lastTopic)) {
                lastTopic = topic;
                lastNumbers = numbersOf(topic);
            }
            lastNumbers.set(partition);
            return this;
        }

        /** Adds partitions of a topic; the bits are copied. */
        public Builder addAll(String topic, BitSet partitions) {
            if (!partitions.isEmpty()) {
                numbersOf(topic).or(partitions);
            }
            return this;
        }

        private BitSet numbersOf(String topic) {
            BitSet known = numbers.get(topic);
            if (known != null) {
                return known;
            }
            BitSet first = new BitSet();
            numbers.put(topic, first);
            return first;
        }

        /** Adds each partition that the topic has. */
        public Builder addAll(TopicImage topic) {
            for (int partition = 0; partition < topic.partitionCount(); partition++) {
                if (topic.hasPartition(partition)) {
                    add(topic.name(), partition);
                }
            }
            return this;
        }

        /** The set of all that was added; the builder begins again with nothing. */
        public PartitionSet build() {
            PartitionSet built = new PartitionSet(numbers);
            numbers = new TreeMap<>();
            lastTopic = null;
            return built;
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The set of these partitions. */
    public static PartitionSet of(PartitionId... partitions) {
        Builder builder = builder();
        for (PartitionId partition : partitions) {
            builder.add(partition);
        }
        return builder.build();
    }

    /** The set of these partitions. */
    public static PartitionSet of(Collection<PartitionId> partitions) {
        Builder builder = builder();
        partitions.forEach(builder::add);
        return builder.build();
    }

    /** Each partition of the cluster. */
    public static PartitionSet ofAll(ClusterImage image) {
        Builder builder = builder();
        image.topics().forEach(builder::addAll);
        return builder.build();
    }

    /** The set of these numbers, by topic; the bit sets are copied. */
    static PartitionSet copyOf(Map<String, BitSet> numbers) {
        SortedMap<String, BitSet> copy = new TreeMap<>();
        numbers.forEach((topic, bits) -> {
            if (!bits.isEmpty()) {
                copy.put(topic, (BitSet) bits.clone());
            }
        });
        return new PartitionSet(copy);
    }

    /** How many partitions are in the set. */
    public int size() {
        return members.get().size();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public boolean contains(PartitionId partition) {
        return contains(partition.topic(), partition.partition());
    }

    public boolean contains(String topic, int partition) {
        BitSet bits = numbers().get(topic);
        return bits != null && bits.get(partition);
    }

    /** The names of the topics that have a partition here, sorted. */
    public Set<String> topics() {
        return Collections.unmodifiableSet(numbers().keySet());
    }

    /** How many partitions of this topic are in the set. */
    public int sizeOf(String topic) {
        BitSet bits = numbers().get(topic);
        return bits == null ? 0 : bits.cardinality();
    }

    /** Calls the consumer with each partition, by topic and number. */
    public void forEach(Consumer<PartitionId> consumer) {
        numbers().forEach((topic, bits) -> {
            for (int number = bits.nextSetBit(0); number >= 0; number = bits.nextSetBit(number + 1)) {
                consumer.accept(new PartitionId(topic, number));
            }
        });
    }

    /** Calls the consumer with each topic, sorted by name, and its numbers, which the consumer may change and keep. */
    public void forEachTopic(BiConsumer<String, BitSet> consumer) {
        numbers().forEach((topic, bits) -> consumer.accept(topic, (BitSet) bits.clone()));
    }

    /** The numbers of this topic's partitions, for the caller to keep; empty where there is none. */
    public BitSet numbersOf(String topic) {
        BitSet bits = numbers().get(topic);
        return bits == null ? new BitSet() : (BitSet) bits.clone();
    }

    /** Calls the consumer with the number of each partition of this topic, ascending. */
    public void forEachOf(String topic, IntConsumer consumer) {
        BitSet bits = numbers().get(topic);
        if (bits != null) {
            for (int number = bits.nextSetBit(0); number >= 0; number = bits.nextSetBit(number + 1)) {
                consumer.accept(number);
            }
        }
    }

    /** Whether some partition is in both sets. */
    public boolean intersects(PartitionSet other) {
        if (numbers().size() > other.numbers().size()) {
            return other.intersects(this);
        }
        for (Map.Entry<String, BitSet> mine : numbers().entrySet()) {
            BitSet theirs = other.numbers().get(mine.getKey());
            if (theirs != null && theirs.intersects(mine.getValue())) {
                return true;
            }
        }
        return false;
    }

    /** The partitions of either set. */
    public PartitionSet plus(PartitionSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        SortedMap<String, BitSet> union = new TreeMap<>(numbers());
        other.numbers().forEach((topic, bits) -> union.merge(topic, bits, PartitionSet::or));
        return new PartitionSet(union);
    }

    /** The partitions of this set that are not in the other. */
    public PartitionSet minus(PartitionSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        SortedMap<String, BitSet> rest = new TreeMap<>();
        numbers().forEach((topic, bits) -> {
            BitSet left = andNot(bits, other.numbers().get(topic));
            if (!left.isEmpty()) {
                rest.put(topic, left);
            }
        });
        return new PartitionSet(rest);
    }

    private static BitSet or(BitSet one, BitSet other) {
        BitSet union = (BitSet) one.clone();
        union.or(other);
        return union;
    }

    private static BitSet andNot(BitSet bits, BitSet removed) {
        if (removed == null) {
            return bits;
        }
        BitSet left = (BitSet) bits.clone();
        left.andNot(removed);
        return left;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof PartitionSet that && numbers().equals(that.numbers()));
    }

    @Override
    public int hashCode() {
        return numbers().hashCode();
    }

    @Override
    public String toString() {
        return numbers().toString();
    }
}
