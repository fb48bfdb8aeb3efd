package io.regent.controller.loop;

import io.regent.metadata.ClusterImage;
import java.util.OptionalInt;

/**
 * What a loop knew at the end of its last turn. Immutable, for any thread to read.
 *
 * @param active whether this node holds {@code /controller} and rules
 * @param controllerId who holds {@code /controller}
 * @param knownEpoch the highest controller epoch seen in {@code /controller_epoch}; 0 before the first
 * @param image the cluster, on the node that rules; else empty
 * @param waitingEvents how many events wait to be decided on
 */
public record LoopStatus(
        boolean active, OptionalInt controllerId, int knownEpoch, ClusterImage image, int waitingEvents) {

    static final LoopStatus AT_START = new LoopStatus(false, OptionalInt.empty(), 0, ClusterImage.EMPTY, 0);

    /** An epoch only rises: an older observation may come late. */
    LoopStatus withEpoch(int epoch) {
        return new LoopStatus(active, controllerId, Math.max(knownEpoch, epoch), image, waitingEvents);
    }
}
