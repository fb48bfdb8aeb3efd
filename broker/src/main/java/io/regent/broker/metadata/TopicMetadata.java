package io.regent.broker.metadata;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * One topic as the controller announced it. Immutable; any thread may read it. Partitions may be missing while their
 * announcement has not come yet.
 */
public final class TopicMetadata {
    private final String name;
    private final Uuid id;
    private final PartitionMetadata[] byNumber;
    private final int count;

    TopicMetadata(String name, Uuid id, PartitionMetadata[] byNumber) {
        this.name = name;
        this.id = id;
        this.byNumber = byNumber;
        this.count = (int) Arrays.stream(byNumber).filter(Objects::nonNull).count();
    }

    public String name() {
        return name;
    }

    /** The topic's id, {@link Uuid#ZERO_UUID} if the controller gave none. */
    public Uuid id() {
        return id;
    }

    public int partitionCount() {
        return count;
    }

    public Optional<PartitionMetadata> partition(int number) {
        return number < 0 || number >= byNumber.length ? Optional.empty() : Optional.ofNullable(byNumber[number]);
    }

    /** The partitions in the order of their numbers. */
    public Stream<PartitionMetadata> partitions() {
        return Arrays.stream(byNumber).filter(Objects::nonNull);
    }

    PartitionMetadata[] copyForUpdate(int highestNumber) {
        return Arrays.copyOf(byNumber, Math.max(byNumber.length, highestNumber + 1));
    }
}
