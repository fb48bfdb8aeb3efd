package io.regent.controller;

import io.regent.metadata.ClusterDelta;
import io.regent.metadata.ClusterImage;
import java.util.List;
import java.util.Optional;

/**
 * Takes the controller's decisions, as pure functions of the image and the event. Immutable, so any thread may call it;
 * it does no IO, and knows no time.
 */
public final class Controller {

    private final ControllerSettings settings;
    private final Reign reign;

    public Controller(ControllerSettings settings, Reign reign) {
        this.settings = settings;
        this.reign = reign;
    }

    /** The reign in whose name it decides. */
    public Reign reign() {
        return reign;
    }

    /** The node's settings it decides by. */
    public ControllerSettings settings() {
        return settings;
    }

    /** Applies what happened, then decides what follows from it. */
    public Decision step(ClusterImage now, Event event) {
        return switch (event) {
            case Event.Elected elected ->
                new Decision(ClusterDelta.nothing(elected.loaded()), List.of(), Optional.empty(), true);
            default -> new Decision(ClusterDelta.nothing(now), List.of(), Optional.empty(), false);
        };
    }

    /** What must be written and announced for a decision, in order. */
    public List<Commit> commits(Decision decision) {
        return List.of();
    }
}
