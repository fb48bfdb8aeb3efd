package io.regent.controller;

import io.regent.metadata.FinalizedFeatures;

/**
 * What a node's own configuration says about how it rules. Immutable.
 *
 * @param uncleanElection {@code unclean.leader.election.enable}: the default of topics that do not say
 * @param defaultPartitions {@code num.partitions}: for a new topic that does not say
 * @param defaultReplicationFactor {@code default.replication.factor}: for a new topic that does not say
 * @param topicDeletion {@code delete.topic.enable}
 * @param imbalancePercentage {@code leader.imbalance.per.broker.percentage}: above it, an automatic preferred election
 *     moves leaders back
 * @param features what {@code /feature} shall say of {@code inter.broker.protocol.version} where no feature is finalized
 */
public record ControllerSettings(
        boolean uncleanElection,
        int defaultPartitions,
        short defaultReplicationFactor,
        boolean topicDeletion,
        int imbalancePercentage,
        FinalizedFeatures features) {

    /** Kafka's own defaults. */
    public static final ControllerSettings DEFAULTS = new ControllerSettings(
            false, 1, (short) 1, true, 10, FinalizedFeatures.none(FinalizedFeatures.CURRENT_FORMAT, true));
}
