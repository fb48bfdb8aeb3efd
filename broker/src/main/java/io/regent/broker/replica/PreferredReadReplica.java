package io.regent.broker.replica;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.metadata.MetadataSnapshot;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.replica.ClientMetadata;
import org.apache.kafka.common.replica.PartitionView;
import org.apache.kafka.common.replica.ReplicaSelector;
import org.apache.kafka.common.replica.ReplicaView;
import org.apache.kafka.storage.internals.log.FetchParams;

/**
 * Tells a consumer to read from a nearer replica (KIP-392), if replica.selector.class is set. Any thread may call it. It
 * never sends a follower elsewhere.
 */
final class PreferredReadReplica {
    private final Optional<ReplicaSelector> selector;
    private final MetadataCache metadata;

    PreferredReadReplica(Optional<ReplicaSelector> selector, MetadataCache metadata) {
        this.selector = selector;
        this.metadata = metadata;
    }

    /** The broker to read from, unless that is this one. */
    OptionalInt choose(Partition partition, FetchParams params, long fetchOffset, long nowMs) {
        Optional<LeaderState> leader = partition.leaderState();
        if (selector.isEmpty() || params.clientMetadata.isEmpty() || leader.isEmpty() || params.isFromFollower()) {
            return OptionalInt.empty();
        }
        ClientMetadata client = params.clientMetadata.get();
        View leaderView = new View(
                node(partition.leaderId().orElse(-1), client),
                leader.get().log().logEndOffset(),
                0);
        Set<ReplicaView> all = new HashSet<>(Set.of(leaderView));
        for (Map.Entry<Integer, FollowerState> entry : partition.followers().entrySet()) {
            FollowerState state = entry.getValue();
            // Outside the ISR a replica may lag for ever, and the consumer with it.
            if (partition.isr().contains(entry.getKey())
                    && state.endOffsetValue() >= fetchOffset
                    && state.logStartOffset() <= fetchOffset) {
                all.add(new View(node(entry.getKey(), client), state.endOffsetValue(), nowMs - state.lastCaughtUpMs()));
            }
        }
        PartitionView view = new PartitionView.DefaultPartitionView(all, leaderView);
        return selector.get()
                .select(partition.topicPartition(), client, view)
                .filter(chosen -> !chosen.endpoint().isEmpty() && !chosen.equals(leaderView))
                .map(chosen -> OptionalInt.of(chosen.endpoint().id()))
                .orElse(OptionalInt.empty());
    }

    private Node node(int brokerId, ClientMetadata client) {
        MetadataSnapshot now = metadata.current();
        return now.node(brokerId, new ListenerName(client.listenerName())).orElse(Node.noNode());
    }

    private record View(Node endpoint, long logEndOffset, long timeSinceLastCaughtUpMs) implements ReplicaView {}
}
