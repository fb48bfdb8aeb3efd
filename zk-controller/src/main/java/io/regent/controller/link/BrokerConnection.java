package io.regent.controller.link;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * One connection to a broker: it learns the broker's versions first, then carries requests, whose answers come in their
 * order.
 *
 * <p>Confined to its {@link Transport.Lane}. It never reconnects: when it is closed, for whatever reason, what was
 * unanswered fails and the listener is told once.
 */
public interface BrokerConnection extends AutoCloseable {

    /** What becomes of a connection. Called on its lane. */
    interface Listener {
        /** The broker has told its versions: requests may be sent. */
        void ready();

        /** The connection could not be made, or is gone. */
        void closed(String reason);
    }

    /**
     * The highest version of a request that both sides know.
     *
     * @param lowest the lowest that the caller can use
     * @return empty when there is none
     */
    Optional<Short> version(ApiKeys key, short lowest);

    /**
     * Sends a request. The answer fails with {@link java.io.IOException} when the connection is gone first, or time is up.
     */
    CompletableFuture<BrokerAnswer> send(Body body);

    /** Closes the connection; what is unanswered fails. The listener is not told. */
    @Override
    void close();
}
