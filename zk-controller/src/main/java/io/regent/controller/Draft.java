package io.regent.controller;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A decision in the making: the next image under edit, and the reasons so far. Sees to it that however often a partition
 * is decided in one step, its znode is written once and its epochs rise by one. Used by one thread, for one step.
 */
final class Draft {

    private final ImageEditor editor;
    private final Reign reign;
    private final List<Decision.Change> changes = new ArrayList<>();
    private final PartitionSet.Builder learned = PartitionSet.builder();
    private final SortedSet<Integer> questioned = new TreeSet<>();
    private final List<ReadZnode> consumed = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

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

    /** All brokers shall know the state of this partition, which others have written. */
    void tellLearned(PartitionId partition) {
        touch(partition);
        learned.add(partition);
    }

    /** This broker shall say which of its replicas are well. */
    void question(int brokerId) {
        questioned.add(brokerId);
    }

    /** This order or notification is done with. */
    void consume(ReadZnode znode) {
        consumed.add(znode);
    }

    /** A person shall read this in the log. */
    void remark(String remark) {
        remarks.add(remark);
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
        return decide(Optional.empty(), false);
    }

    Decision decide(Answer answer) {
        return decide(Optional.of(answer), false);
    }

    /** The first decision of a reign. */
    Decision beginReign() {
        return decide(Optional.empty(), true);
    }

    private Decision decide(Optional<Answer> answer, boolean beginsReign) {
        dropSettledOrders();
        Notices notices = new Notices(learned.build(), questioned, consumed, remarks);
        return new Decision(editor.delta(), changes, answer, beginsReign, notices);
    }
}
