package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.Set;

/**
 * The first step of a reign: whatever the former one left undone, or nobody was there to do, is decided from the loaded
 * image alone. Pure.
 */
final class Takeover {

    private final ControllerSettings settings;
    private final Reign reign;
    private final Misplacement misplacement;

    Takeover(ControllerSettings settings, Reign reign, Misplacement misplacement) {
        this.settings = settings;
        this.reign = reign;
        this.misplacement = misplacement;
    }

    Decision elected(Event.Elected event) {
        ClusterImage loaded = event.loaded();
        Draft draft = new Draft(loaded, reign);
        TopicDeletions.settleLoaded(draft, loaded, settings);
        event.newIds().forEach((name, id) -> giveId(draft, name, id));
        Features.settleLoaded(draft, loaded, settings);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        Reassignments.startOrdered(reconsideration, loaded);
        ClusterImage begun = draft.image();
        for (String name : begun.topicNames()) {
            begun.topic(name).ifPresent(topic -> decide(draft, reconsideration, begun, topic));
        }
        return draft.beginReign();
    }

    /** A topic from before Kafka 2.8, or one that an older tool has written since (KIP-516). */
    private static void giveId(Draft draft, String topic, TopicId id) {
        if (draft.edit().hasTopic(topic) && !draft.edit().isBeingDeleted(topic)) {
            draft.edit().setTopicId(topic, id);
        }
    }

    private void decide(Draft draft, Reconsideration reconsideration, ClusterImage begun, TopicImage topic) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (!reconsideration.isSettled(topic, number)) {
                decide(draft, reconsideration, begun, new PartitionId(topic.name(), number));
            }
        }
    }

    /** The leader epoch of whatever is being reassigned rises: the last reign may have told nobody that it is. */
    private void decide(Draft draft, Reconsideration reconsideration, ClusterImage begun, PartitionId partition) {
        misplacement.mend(draft, begun, partition);
        reconsideration.decide(partition);
        Assignment assignment = draft.assignment(partition);
        if (assignment.isReassigning() && !draft.edit().isBeingDeleted(partition.topic())) {
            reconsideration.reassign(partition, assignment);
        }
    }
}
