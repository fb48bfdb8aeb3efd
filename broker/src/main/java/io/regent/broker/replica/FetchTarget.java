package io.regent.broker.replica;

import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;

/**
 * From whom a partition is fetched, and in which leader epoch. Immutable.
 *
 * @param leader where the leader is reached; empty while that is not known
 */
record FetchTarget(Optional<Node> leader, int leaderId, int leaderEpoch, Optional<Uuid> topicId) {
    FetchTarget at(Node node) {
        return new FetchTarget(Optional.of(node), leaderId, leaderEpoch, topicId);
    }
}
