package io.regent.controller.link;

import io.regent.metadata.BrokerRegistration;
import java.util.Optional;

/**
 * How the controller reaches brokers.
 *
 * @param nodeId this node, which names itself to brokers with it
 * @param listenerName {@code inter.broker.listener.name}: at which of their listeners brokers are reached
 * @param requestTimeoutMs {@code controller.socket.timeout.ms}: a request unanswered for so long is sent again
 * @param maxRequestBytes {@code socket.request.max.bytes}: brokers refuse larger ones
 * @param unregistered this node, where it rules without being registered: brokers and clients are told of it as of a live
 *     broker, since that is where they look up the controller, and it is told like one
 */
public record LinkSettings(
        int nodeId,
        String listenerName,
        long requestTimeoutMs,
        int maxRequestBytes,
        Optional<BrokerRegistration> unregistered) {

    /** Kafka's default of {@code controller.socket.timeout.ms}. */
    public static final long DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
}
