package io.regent.metadata;

/** Names a partition: its topic's name and its number in it. Written {@code topic-3}, as Kafka's log directories are. */
public record PartitionId(String topic, int partition) implements Comparable<PartitionId> {

    @Override
    public int compareTo(PartitionId other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
