package io.regent.controller;

import io.regent.metadata.PartitionId;

/**
 * A replica that a broker must stop.
 *
 * @param leaderEpoch the partition's leader epoch, or {@link #DURING_DELETE} when its topic is being deleted
 * @param delete whether its log is deleted as well; the broker then answers when that is done
 */
public record StopReplica(PartitionId partition, int leaderEpoch, boolean delete) {

    /** A leader epoch that a broker obeys whatever it knows: the topic is being deleted. */
    public static final int DURING_DELETE = -2;
}
