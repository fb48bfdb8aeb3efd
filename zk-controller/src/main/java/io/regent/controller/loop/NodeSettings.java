package io.regent.controller.loop;

import io.regent.controller.Controller;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Reign;
import java.util.OptionalInt;

/**
 * What the loop must know of its node.
 *
 * @param nodeId {@code broker.id}
 * @param candidacy whether it wants to rule
 * @param onlyRules whether it stores nothing, and so has no registration under {@code /brokers/ids}
 * @param controller how the node rules
 * @param autoRebalance {@code auto.leader.rebalance.enable}
 * @param imbalanceCheckIntervalMs {@code leader.imbalance.check.interval.seconds}, in milliseconds
 */
public record NodeSettings(
        int nodeId,
        Candidacy candidacy,
        boolean onlyRules,
        ControllerSettings controller,
        boolean autoRebalance,
        long imbalanceCheckIntervalMs) {

    /** As in Kafka: how long after its election a controller first looks for leaders to move back. */
    static final long FIRST_REBALANCE_MS = 5_000;

    Controller newController(Reign reign) {
        OptionalInt unregistered = onlyRules ? OptionalInt.of(nodeId) : OptionalInt.empty();
        return new Controller(controller, reign, unregistered);
    }
}
