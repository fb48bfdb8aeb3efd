package io.regent.controller.loop;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.TopicId;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;

/** What the {@link CoordinationStore} tells the loop. */
public sealed interface StoreEvent {

    /** There is a session with ZooKeeper; what an earlier one held is lost. */
    record SessionBegan() implements StoreEvent {}

    /** The session is over, and any reign with it. {@link SessionBegan} follows some day. */
    record SessionExpired() implements StoreEvent {}

    /** This node holds {@code /controller} and has raised the epoch. The image follows. */
    record Elected(Reign reign) implements StoreEvent {}

    /**
     * The cluster as ZooKeeper holds it under the reign.
     *
     * @param newIds an id for each topic that lacks one
     * @param unreadable the znodes that nobody could read and nothing is decided about, each with its reason
     */
    record Loaded(Reign reign, ClusterImage image, SortedMap<String, TopicId> newIds, List<String> unreadable)
            implements StoreEvent {}

    /** Somebody holds {@code /controller}: this broker, or one that cannot be read when empty. */
    record Lost(OptionalInt owner) implements StoreEvent {}

    /** The contest could not be held, or what it won could not be loaded. */
    record ContestFailed(String reason) implements StoreEvent {}

    /**
     * What {@code /controller} holds; told after each change of it.
     *
     * @param exists whether there is one
     * @param owner the broker it names; empty when there is none, or it cannot be read
     * @param ours whether this node's present session created it
     */
    record ControllerObserved(boolean exists, OptionalInt owner, boolean ours) implements StoreEvent {}

    /** What {@code /controller_epoch} holds; told after each change of it. */
    record EpochObserved(int epoch) implements StoreEvent {}

    /** The registrations under {@code /brokers/ids}, all that can be read. */
    record BrokersObserved(List<BrokerRegistration> brokers) implements StoreEvent {}

    /** The nodes that rule and store nothing, and so are not among the registered brokers; all that can be read. */
    record ControllersObserved(List<BrokerRegistration> controllers) implements StoreEvent {}

    /** The nodes that are to rule rather than any other. */
    record PreferredObserved(Set<Integer> nodeIds) implements StoreEvent {}

    /** Something else was read that only the core acts on. */
    record Observed(Event event) implements StoreEvent {}

    /** What the image holds is not what ZooKeeper holds, as when a znode that nobody could read was mended. */
    record ImageStale(String reason) implements StoreEvent {}

    /** The writes of this ticket of the reign, and of all before it, are durable. */
    record Committed(Reign reign, long ticket) implements StoreEvent {}

    /** The writes of this ticket of the reign were refused, or nobody knows. */
    record CommitFailed(Reign reign, long ticket, String reason) implements StoreEvent {}

    /**
     * The writes of this ticket of the reign were refused because somebody else wrote one of their znodes. The reign
     * stands, but its image is not what ZooKeeper holds.
     */
    record CommitCollided(Reign reign, long ticket, String reason) implements StoreEvent {}
}
