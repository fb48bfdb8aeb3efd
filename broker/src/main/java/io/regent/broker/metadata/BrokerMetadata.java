package io.regent.broker.metadata;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Node;

/**
 * A live broker and where each of its listeners is reached. Immutable; any thread may read it.
 *
 * @param nodes by listener name
 */
public record BrokerMetadata(int id, Optional<String> rack, Map<String, Node> nodes) {
    public Optional<Node> node(String listener) {
        return Optional.ofNullable(nodes.get(listener));
    }
}
