package io.regent.controller.loop;

import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.util.List;
import java.util.Optional;
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
     * @param unreadable the znodes that nobody could read and nothing is decided about, each with its reason
     */
    record Loaded(Reign reign, ClusterImage image, List<String> unreadable) implements StoreEvent {}

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

    /** The children of {@code /admin/delete_topics}, all of them. */
    record DeletionsObserved(Set<String> topics) implements StoreEvent {}

    /**
     * What {@code /admin/reassign_partitions} wants, by partition; empty when there is no such znode, or nobody can read
     * it.
     */
    record ReassignmentsObserved(Optional<SortedMap<PartitionId, Replicas>> targets) implements StoreEvent {}

    /** What the image holds is not what ZooKeeper holds, as when a znode that nobody could read was mended. */
    record ImageStale(String reason) implements StoreEvent {}

    /** The writes of this ticket of the reign, and of all before it, are durable. */
    record Committed(Reign reign, long ticket) implements StoreEvent {}

    /** The writes of this ticket of the reign were refused, or nobody knows. */
    record CommitFailed(Reign reign, long ticket, String reason) implements StoreEvent {}
}
