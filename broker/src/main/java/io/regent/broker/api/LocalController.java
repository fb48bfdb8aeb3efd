package io.regent.broker.api;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * This node's part in ruling the cluster, as request handlers see it.
 *
 * <p>Any thread may call it; no call waits.
 */
public interface LocalController {
    /** Whether this node holds the reign now. */
    boolean isActive();

    /** The broker id in {@code /controller}, as far as this node knows. */
    OptionalInt controllerId();

    /** Whether a broker may have died a moment ago, so that its partitions are about to be led by others. */
    boolean isSuspect(int brokerId);

    /**
     * Asks the controller of this node.
     *
     * @return the answer, once what it says is durable; fails with Kafka's NotControllerException when this node does not
     *     rule, or ceases to before the answer is durable
     */
    CompletableFuture<Answer> ask(Event.Ask ask);

    /** As {@link #ask}, for an ask that has answers of one type only. */
    default <A extends Answer> CompletableFuture<A> ask(Event.Ask ask, Class<A> type) {
        return ask(ask).thenApply(type::cast);
    }
}
