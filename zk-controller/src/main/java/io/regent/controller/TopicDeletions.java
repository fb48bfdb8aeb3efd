package io.regent.controller;

import io.regent.controller.Asks.TopicRef;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.TopicDeletion;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The life of a deletion: asked for and marked, confirmed replica by replica, and carried out when the last one has
 * confirmed. Replicas on brokers that are away are waited for, as in Kafka. Pure.
 *
 * <p>A deletion that was carried out stays in the image, its topic gone, until its marker is seen gone as well. So a
 * late reading of the markers cannot delete a topic that was created anew under the same name.
 */
final class TopicDeletions {

    private final ControllerSettings settings;
    private final Reign reign;

    TopicDeletions(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** A client asked for it. Asking twice is fine. */
    Decision asked(ClusterImage now, Asks.DeleteTopics ask) {
        Draft draft = new Draft(now, reign);
        List<Answer.DeletedTopic> results = new ArrayList<>();
        for (TopicRef ref : ask.topics()) {
            Optional<TopicImage> topic = ref.isById() ? now.topic(ref.id()) : now.topic(ref.name());
            Outcome outcome = check(ref, topic);
            if (outcome.isOk()) {
                begin(draft, topic.orElseThrow());
            }
            results.add(new Answer.DeletedTopic(
                    topic.map(TopicImage::name).orElse(ref.name()),
                    topic.map(TopicImage::id).orElse(ref.id()),
                    outcome));
        }
        return draft.decide(new Answer.TopicsDeleted(results));
    }

    private Outcome check(TopicRef ref, Optional<TopicImage> topic) {
        if (!settings.topicDeletion()) {
            return Outcome.refused(Fault.TOPIC_DELETION_DISABLED, "Topic deletion is disabled (delete.topic.enable).");
        }
        if (topic.isEmpty()) {
            return ref.isById()
                    ? Outcome.refused(Fault.UNKNOWN_TOPIC_ID, "No topic has the id " + ref.id() + ".")
                    : Outcome.refused(Fault.UNKNOWN_TOPIC_OR_PARTITION, "Topic '" + ref.name() + "' does not exist.");
        }
        return Outcome.OK;
    }

    /** The markers are now these: some may have been set by tools, or by an earlier reign. */
    Decision observed(ClusterImage now, Event.DeletionsObserved event) {
        ClusterImage asZooKeeperHolds = withMarkers(now, event.topics());
        Draft draft = new Draft(asZooKeeperHolds, reign);
        for (String name : event.topics().stream().sorted().toList()) {
            Optional<TopicImage> topic = now.topic(name);
            if (now.isBeingDeleted(name)) {
                if (topic.isEmpty()) {
                    sweep(draft, name);
                }
                continue;
            }
            if (topic.isPresent() && settings.topicDeletion()) {
                begin(draft, topic.get());
            } else {
                draft.edit().removeDeletion(name);
            }
        }
        return draft.decide();
    }

    /**
     * The topic is gone and so is its marker, but one is seen: in a reading from before, or because somebody has made
     * another meanwhile, which would never be seen gone. So it is removed once more, if it is there.
     */
    private static void sweep(Draft draft, String name) {
        draft.edit().putDeletion(name, draft.image().deletions().get(name));
    }

    /** The image with those markers that the step will remove, and without those that are gone after a deletion. */
    private ClusterImage withMarkers(ClusterImage now, Set<String> markers) {
        var editor = now.edit();
        for (String name : now.deletions().keySet()) {
            if (now.topic(name).isEmpty() && !markers.contains(name)) {
                editor.removeDeletion(name);
            }
        }
        for (String name : markers) {
            boolean unwanted = now.topic(name).isEmpty() || !settings.topicDeletion();
            if (unwanted && !now.isBeingDeleted(name)) {
                editor.putDeletion(name, TopicDeletion.ASKED);
            }
        }
        return editor.image();
    }

    /** A broker confirmed that replicas are gone. */
    Decision confirmed(ClusterImage now, Event.StopReplicaAnswered event) {
        Draft draft = new Draft(now, reign);
        boolean sameLife = now.broker(event.brokerId())
                .filter(b -> b.epoch() == event.brokerEpoch())
                .isPresent();
        if (!sameLife) {
            return draft.decide();
        }
        for (String name : event.deleted().topics()) {
            TopicDeletion deletion = now.deletions().get(name);
            Optional<TopicImage> topic = now.topic(name);
            if (deletion == null || topic.isEmpty()) {
                continue;
            }
            TopicDeletion progress = deletion;
            for (int number = 0; number < topic.get().partitionCount(); number++) {
                if (event.deleted().contains(name, number)) {
                    progress = progress.confirm(event.brokerId(), number);
                }
            }
            proceed(draft, topic.get(), progress);
        }
        return draft.decide();
    }

    /** What a new reign finds: deletions go on, and markers that mean nothing are removed. */
    static void settleLoaded(Draft draft, ClusterImage loaded, ControllerSettings settings) {
        loaded.deletions().forEach((name, deletion) -> {
            Optional<TopicImage> topic = loaded.topic(name);
            if (topic.isPresent() && settings.topicDeletion()) {
                proceed(draft, topic.get(), deletion);
            } else {
                draft.edit().removeDeletion(name);
            }
        });
    }

    private static void begin(Draft draft, TopicImage topic) {
        if (!draft.image().isBeingDeleted(topic.name())) {
            proceed(draft, topic, TopicDeletion.ASKED);
        }
    }

    private static void proceed(Draft draft, TopicImage topic, TopicDeletion progress) {
        draft.edit().putDeletion(topic.name(), progress);
        if (isConfirmedByAll(topic, progress)) {
            draft.edit().removeTopic(topic.name());
        }
    }

    private static boolean isConfirmedByAll(TopicImage topic, TopicDeletion progress) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            int partition = number;
            boolean all = topic.assignment(number).replicas().stream()
                    .allMatch(broker -> progress.isConfirmed(broker, partition));
            if (!all) {
                return false;
            }
        }
        return true;
    }
}
