package io.regent.controller.loop;

import io.regent.controller.ControllerSettings;

/**
 * What the loop must know of its node.
 *
 * @param nodeId {@code broker.id}
 * @param controller how the node rules
 * @param autoRebalance {@code auto.leader.rebalance.enable}
 * @param imbalanceCheckIntervalMs {@code leader.imbalance.check.interval.seconds}, in milliseconds
 */
public record NodeSettings(
        int nodeId, ControllerSettings controller, boolean autoRebalance, long imbalanceCheckIntervalMs) {}
