package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A decision in the making: the next image under edit, and the reasons so far. Sees to it that however often a partition
 * is decided in one step, its znode is written once and its epochs rise by one. Used by one thread, for one step.
 */
final class Draft {

    private final ImageEditor editor;
    private final Reign reign;
    private final List<Decision.Change> changes = new ArrayList<>();

    Draft(ClusterImage base, Reign reign) {
        this.editor = base.edit();
        this.reign = reign;
    }

    /** For edits that decide nothing about a partition's state. */
    ImageEditor edit() {
        return editor;
    }

    /** The image with all edits so far. */
    ClusterImage image() {
        return editor.image();
    }

    PartitionState state(PartitionId partition) {
        return editor.state(partition);
    }

    Assignment assignment(PartitionId partition) {
        return editor.assignment(partition);
    }

    /** Sets the outcome of an election: the leader epoch rises. */
    void elect(PartitionId partition, LeaderElection.Result result) {
        PartitionState before = editor.base().state(partition);
        PartitionState after = before.exists()
                ? before.elect(result.leader(), result.isr(), result.recovery(), reign.epoch())
                : PartitionState.first(result.leader(), result.isr(), reign.epoch());
        editor.setState(partition, after);
        changes.add(new Decision.Change(partition, result.reason()));
    }

    /** Sets an ISR that the leader itself asked for: the leader epoch stays. */
    void changeIsr(PartitionId partition, Replicas isr, LeaderRecovery recovery) {
        PartitionState after = editor.state(partition).withIsr(isr, recovery, reign.epoch());
        editor.setState(partition, after);
        changes.add(new Decision.Change(partition, Reason.ISR_CHANGED));
    }

    /** Marks a partition as touched whose state stays: somebody must be told something about it. */
    void touch(PartitionId partition) {
        editor.setState(partition, editor.state(partition));
    }

    /**
     * Drops each order of {@code /admin/reassign_partitions} whose partition is not on its way there: it has arrived, was
     * sent elsewhere, is being deleted, or could not be sent at all.
     */
    private void dropSettledOrders() {
        editor.reassignmentOrders().ifPresent(orders -> {
            SortedMap<PartitionId, Replicas> running = new TreeMap<>(orders);
            running.entrySet().removeIf(order -> !isOnItsWay(order.getKey(), order.getValue()));
            if (running.isEmpty()) {
                editor.setReassignmentOrders(Optional.empty());
            } else if (running.size() < orders.size()) {
                editor.setReassignmentOrders(Optional.of(running));
            }
        });
    }

    private boolean isOnItsWay(PartitionId partition, Replicas target) {
        Assignment assignment = editor.assignment(partition);
        return assignment.isReassigning()
                && assignment.target().equals(target)
                && !editor.isBeingDeleted(partition.topic());
    }

    Decision decide() {
        dropSettledOrders();
        return new Decision(editor.delta(), changes, Optional.empty(), false);
    }

    Decision decide(Answer answer) {
        dropSettledOrders();
        return new Decision(editor.delta(), changes, Optional.of(answer), false);
    }
}
