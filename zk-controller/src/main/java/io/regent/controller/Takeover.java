package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicImage;
import java.util.Optional;
import java.util.Set;

/**
 * The first step of a reign: whatever the former one left undone, or nobody was there to do, is decided from the loaded
 * image alone. Pure.
 */
final class Takeover {

    private final ControllerSettings settings;
    private final Reign reign;

    Takeover(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    Decision elected(ClusterImage loaded) {
        Draft draft = new Draft(loaded, reign);
        TopicDeletions.settleLoaded(draft, loaded, settings);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        Reassignments.startOrdered(reconsideration, loaded);
        for (String name : loaded.topicNames()) {
            int count = loaded.topic(name).map(TopicImage::partitionCount).orElse(0);
            for (int number = 0; number < count; number++) {
                decide(draft, reconsideration, new PartitionId(name, number));
            }
        }
        Decision decision = draft.decide();
        return new Decision(decision.delta(), decision.changes(), Optional.empty(), true);
    }

    /** The leader epoch of whatever is being reassigned rises: the last reign may have told nobody that it is. */
    private static void decide(Draft draft, Reconsideration reconsideration, PartitionId partition) {
        reconsideration.decide(partition);
        Assignment assignment = draft.assignment(partition);
        if (assignment.isReassigning() && !draft.edit().isBeingDeleted(partition.topic())) {
            reconsideration.reassign(partition, assignment);
        }
    }
}
