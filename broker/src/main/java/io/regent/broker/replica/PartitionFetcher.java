package io.regent.broker.replica;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Fetches partitions from one broker on a thread of its own. Any thread may call it; only the last method waits. */
interface PartitionFetcher {
    void assign(Map<TopicPartition, FetchTarget> targets);

    void remove(Collection<TopicPartition> partitions);

    void initiateClose();

    void awaitClose(long timeoutMs) throws InterruptedException;
}
