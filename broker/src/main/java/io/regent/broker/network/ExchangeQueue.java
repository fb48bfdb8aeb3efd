package io.regent.broker.network;

import java.util.ArrayDeque;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The requests of one connection that are not answered on the wire yet, oldest first, and the rules of their order.
 *
 * <p>Confined to the connection's event loop. Kafka's protocol promises that the requests of a connection are
 * processed one after another. Only consecutive Produce requests may overlap here: once its handler has returned, a
 * Produce has appended, and what it still waits for is replication.
 */
final class ExchangeQueue {
    /** Enough to keep an idempotent producer (five in flight) busy; a connection cannot make the broker hold more. */
    static final int MAX_IN_FLIGHT = 10;
    /** No further frame is read while those in flight hold this much; a single larger frame is still accepted. */
    static final int MAX_IN_FLIGHT_BYTES = 4 * 1024 * 1024;

    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>(MAX_IN_FLIGHT);
    private int bytes;

    boolean isFull() {
        return exchanges.size() >= MAX_IN_FLIGHT || bytes >= MAX_IN_FLIGHT_BYTES;
    }

    boolean isEmpty() {
        return exchanges.isEmpty();
    }

    void add(Exchange exchange) {
        exchanges.addLast(exchange);
        bytes += exchange.frameBytes();
    }

    /** The oldest one, if its answer may be written now; null otherwise. */
    Exchange answeredHead() {
        Exchange head = exchanges.peekFirst();
        return head != null && head.isAnswered() ? head : null;
    }

    void removeHead() {
        bytes -= exchanges.removeFirst().frameBytes();
    }

    void clear() {
        exchanges.clear();
        bytes = 0;
    }

    /** The one that a handler may have now; null while an earlier one has to come to its end first. */
    Exchange nextToHandle() {
        boolean unansweredBefore = false;
        for (Exchange exchange : exchanges) {
            boolean produce = exchange.request().apiKey() == ApiKeys.PRODUCE;
            if (!exchange.isHanded()) {
                return unansweredBefore && !produce ? null : exchange;
            }
            if (!exchange.hasReturned() || (!exchange.isAnswered() && !produce)) {
                return null;
            }
            unansweredBefore |= !exchange.isAnswered();
        }
        return null;
    }
}
