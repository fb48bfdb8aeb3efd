package io.regent.controller.loop;

import io.regent.controller.Answer;
import io.regent.controller.Event;
import java.util.concurrent.CompletableFuture;

/** What comes into a {@link ControllerLoop}'s inbox. Immutable. */
sealed interface Inbound {

    /** The store says this. */
    record Told(StoreEvent event) implements Inbound {}

    /** A link to a broker says this. */
    record Heard(LinkEvent event) implements Inbound {}

    /** Somebody asks, and waits for the future. */
    record Asked(Event.Ask ask, CompletableFuture<Answer> answer) implements Inbound {}

    /** A broker's process was found dead, or alive after all. */
    record Seen(PeerWatch.Sighting sighting) implements Inbound {}

    /** A timer has run out; its task counts while the loop is in the phase that it was set in. */
    record Due(int generation, Runnable task) implements Inbound {}

    /** The node closes. */
    record Closing(CompletableFuture<Void> done) implements Inbound {}
}
