package io.regent.controller;

import io.regent.controller.Event.ObservedTopic;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * What follows when somebody else writes topics' znodes: older tools create and expand topics in this way, and delete them
 * by hand. Pure.
 *
 * <p>Most of what is observed was written by this reign, and may be older than what it has decided since. What tells the
 * two apart: the image is never behind the reign's own writes, so a znode of the same topic id is news only when its
 * version is higher than the image's; and that a topic is gone, or has another id, is news only when the one that was there
 * at the reading before is the one in the image. A topic that is unknown while the deletion of its name is not seen
 * complete may be the one that was deleted; the store tells it again after that.
 */
final class TopicChanges {

    private final ControllerSettings settings;
    private final Reign reign;
    private final Misplacement misplacement;

    TopicChanges(ControllerSettings settings, Reign reign, Misplacement misplacement) {
        this.settings = settings;
        this.reign = reign;
        this.misplacement = misplacement;
    }

    Decision observed(ClusterImage now, Event.TopicsObserved event) {
        ImageEditor asZooKeeperHolds = now.edit();
        event.topics().forEach(seen -> learn(asZooKeeperHolds, now, seen));
        Draft draft = new Draft(asZooKeeperHolds.image(), reign);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        event.topics().forEach(seen -> decide(draft, reconsideration, now, seen));
        return draft.decide();
    }

    /** What an observation says about a topic of the image. */
    private enum News {
        /** Nothing: this reign wrote it, it is older than what this reign has decided, or nobody can read it now. */
        NONE,
        /** There is a topic that the image does not have; also when nobody can read it, so that it can be deleted. */
        CREATED,
        /** The topic's znode was written by somebody else. */
        REWRITTEN,
        /** The topic is gone. */
        GONE,
        /** The topic is gone, and another of its name is there. */
        REPLACED
    }

    private static News news(ClusterImage now, ObservedTopic seen) {
        Optional<TopicImage> known = now.topic(seen.name());
        if (known.isEmpty()) {
            boolean mayBeDeleted = seen.found().isEmpty() || now.isBeingDeleted(seen.name());
            return mayBeDeleted ? News.NONE : News.CREATED;
        }
        TopicId id = known.get().id();
        boolean wasKnownOne = seen.idBefore().isPresent() && seen.idBefore().equals(id);
        if (seen.found().isEmpty()) {
            // One that nobody could read has no id that it could be known by.
            return wasKnownOne || known.get().isUnreadable() ? News.GONE : News.NONE;
        }
        if (seen.isUnreadable()) {
            return News.NONE;
        }
        TopicImage found = seen.found().get();
        boolean isNewer = found.version() > known.get().version();
        if (found.id().equals(id) || (!found.id().isPresent() && isNewer)) {
            return isNewer ? News.REWRITTEN : News.NONE;
        }
        return wasKnownOne ? News.REPLACED : News.NONE;
    }

    private static void learn(ImageEditor image, ClusterImage now, ObservedTopic seen) {
        switch (news(now, seen)) {
            case CREATED, REPLACED -> image.putTopic(seen.found().orElseThrow());
            case REWRITTEN ->
                image.putTopic(merged(now.topic(seen.name()).orElseThrow(), seen, now.isBeingDeleted(seen.name())));
            case GONE -> image.removeTopic(seen.name());
            case NONE -> {}
        }
    }

    private void decide(Draft draft, Reconsideration reconsideration, ClusterImage now, ObservedTopic seen) {
        switch (news(now, seen)) {
            case CREATED, REPLACED -> {
                TopicImage found = seen.found().orElseThrow();
                if (!found.id().isPresent() && !seen.isUnreadable()) {
                    draft.edit().setTopicId(found.name(), seen.newId());
                }
                decideAll(draft, reconsideration, now, found);
            }
            case REWRITTEN -> {
                TopicImage merged = draft.edit().base().topic(seen.name()).orElseThrow();
                if (!isSame(merged, seen.found().orElseThrow())) {
                    draft.edit().rewriteTopic(merged.name());
                }
                decideAll(draft, reconsideration, now, merged);
            }
            case GONE -> {
                draft.remark("topic " + seen.name() + ": somebody else removed its znode; it is forgotten");
                // What is left to do for its deletion is to remove the marker.
                draft.edit().removeDeletion(seen.name());
            }
            case NONE -> {}
        }
    }

    private void decideAll(Draft draft, Reconsideration reconsideration, ClusterImage now, TopicImage topic) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (!topic.state(number).exists()) {
                PartitionId partition = new PartitionId(topic.name(), number);
                misplacement.mend(draft, now, partition);
                reconsideration.decide(partition);
            }
        }
    }

    /**
     * What the topic is after somebody else wrote its znode: partitions are added; those that it has stay where they are,
     * as in Kafka, and it keeps its id. Nothing is added while it is being deleted.
     */
    private static TopicImage merged(TopicImage known, ObservedTopic seen, boolean isBeingDeleted) {
        TopicImage found = seen.found().orElseThrow();
        int count = isBeingDeleted ? known.partitionCount() : Math.max(known.partitionCount(), found.partitionCount());
        Assignment[] assignments = new Assignment[count];
        PartitionState[] states = new PartitionState[count];
        Arrays.setAll(
                assignments,
                number -> known.hasPartition(number) || isBeingDeleted
                        ? known.assignment(number)
                        : found.assignment(number));
        Arrays.setAll(states, known::state);
        return TopicImage.of(known.name(), known.id(), found.config(), found.version(), assignments, states);
    }

    private static boolean isSame(TopicImage one, TopicImage other) {
        boolean same = one.id().equals(other.id()) && one.partitionCount() == other.partitionCount();
        for (int number = 0; same && number < one.partitionCount(); number++) {
            same = one.assignment(number).equals(other.assignment(number));
        }
        return same;
    }
}
