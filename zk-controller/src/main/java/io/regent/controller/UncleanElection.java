package io.regent.controller;

import io.regent.metadata.ClusterImage;
import java.util.Optional;

/** Whether a topic's leaders may be elected outside the ISR ({@code unclean.leader.election.enable}). Pure. */
final class UncleanElection {

    private static final String KEY = "unclean.leader.election.enable";

    private UncleanElection() {}

    /** The topic's own setting; without one what {@code /config/brokers} says, then the node's own configuration. */
    static boolean isAllowed(ClusterImage image, String topic, ControllerSettings settings) {
        return image.topic(topic)
                .flatMap(t -> Optional.ofNullable(t.config().get(KEY)))
                .or(() -> Optional.ofNullable(image.brokerConfig().get(KEY)))
                .map(value -> value.trim().equalsIgnoreCase("true"))
                .orElse(settings.uncleanElection());
    }
}
