package io.regent.controller;

import io.regent.metadata.ClusterDelta;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import java.util.List;
import java.util.Optional;

/**
 * What a step came to.
 *
 * @param delta the image before and after, and what was touched; before is what ZooKeeper holds, which an observation of
 *     ZooKeeper may have taught in this very step
 * @param changes each partition whose state was decided anew, and why, in order
 * @param answer for an {@link Event.Ask}: what to answer when the delta is durable
 * @param beginsReign whether this was the first step of a reign, after which brokers are told the rest that there is as well
 * @param notices what follows besides
 */
public record Decision(
        ClusterDelta delta, List<Change> changes, Optional<Answer> answer, boolean beginsReign, Notices notices) {

    /** One partition's new state and its reason; the states are in the delta's images. */
    public record Change(PartitionId partition, Reason reason) {}

    public Decision {
        changes = List.copyOf(changes);
    }

    /** The next image. */
    public ClusterImage image() {
        return delta.after();
    }
}
