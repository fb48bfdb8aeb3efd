package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.PartitionId;
import io.regent.metadata.TopicImage;
import java.util.Collection;
import java.util.Set;

/**
 * Configurations were changed under {@code /config}: the image learns them, and where unclean elections have become
 * allowed, partitions that wait for a leader get one at once, as in Kafka. Pure.
 */
final class ConfigUpdates {

    private final ControllerSettings settings;
    private final Reign reign;

    ConfigUpdates(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** The overrides of these topics are now these; a topic that the image does not know brings its own when it comes. */
    Decision topicsObserved(ClusterImage now, Event.TopicConfigsObserved event) {
        ImageEditor editor = now.edit();
        event.overrides().forEach((name, config) -> {
            boolean differs = now.topic(name)
                    .filter(topic -> !topic.config().equals(config))
                    .isPresent();
            if (differs) {
                editor.setTopicConfig(name, config);
            }
        });
        return electWhereAllowed(now, editor.image(), event.overrides().keySet());
    }

    /** What {@code /config/brokers} sets for this node is now this. */
    Decision brokerObserved(ClusterImage now, Event.BrokerConfigObserved event) {
        ClusterImage asZooKeeperHolds =
                now.edit().setBrokerConfig(event.config()).image();
        return electWhereAllowed(now, asZooKeeperHolds, now.topicNames());
    }

    private Decision electWhereAllowed(ClusterImage before, ClusterImage now, Collection<String> topics) {
        Draft draft = new Draft(now, reign);
        Reconsideration reconsideration = new Reconsideration(draft, settings, Set.of());
        for (String name : topics.stream().sorted().toList()) {
            boolean becameAllowed = UncleanElection.isAllowed(now, name, settings)
                    && !UncleanElection.isAllowed(before, name, settings);
            int count = becameAllowed
                    ? now.topic(name).map(TopicImage::partitionCount).orElse(0)
                    : 0;
            for (int number = 0; number < count; number++) {
                reconsideration.decide(new PartitionId(name, number));
            }
        }
        return draft.decide();
    }
}
