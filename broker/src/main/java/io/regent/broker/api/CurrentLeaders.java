package io.regent.broker.api;

import io.regent.broker.metadata.MetadataSnapshot;
import io.regent.broker.metadata.PartitionMetadata;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Tells a client that came to the wrong broker where to go, and remembers the brokers it named (KIP-951).
 *
 * <p>Belongs to one response.
 */
final class CurrentLeaders {
    /** A partition's leader; both are -1 when it is not known. */
    record Leader(int id, int epoch) {}

    private static final Leader UNKNOWN = new Leader(MetadataResponse.NO_LEADER_ID, -1);

    private final MetadataSnapshot now;
    private final ListenerName listener;
    private final Map<Integer, Node> named = new TreeMap<>();

    CurrentLeaders(MetadataSnapshot now, ListenerName listener) {
        this.now = now;
        this.listener = listener;
    }

    Leader of(TopicPartition partition) {
        PartitionMetadata known = now.partition(partition).orElse(null);
        if (known == null) {
            return UNKNOWN;
        }
        now.node(known.leader(), listener).ifPresent(node -> named.put(node.id(), node));
        return new Leader(known.leader(), known.leaderEpoch());
    }

    /** The brokers that {@link #of} named so far, as this client reaches them. */
    Collection<Node> named() {
        return named.values();
    }
}
