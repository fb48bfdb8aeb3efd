package io.regent.controller;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterDelta;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicDeletion;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who must be told what after a step, in one place. Pure; used for one decision.
 *
 * <ul>
 *   <li>A leader, a leader epoch or a replica set changed: LeaderAndIsr to the live replicas, UpdateMetadata to all.
 *   <li>A replica was removed by a reassignment: StopReplica to it, which deletes its log.
 *   <li>Only the ISR changed: UpdateMetadata to all; the leader learns it from the answer to its AlterPartition.
 *   <li>A broker started: all it must know, as one, at the end. A broker came, went or moved: who lives, to all.
 *   <li>A reign began: who rules, to all; what changed, as it becomes durable; then all that there is, to all.
 *   <li>A broker shuts down: it goes on as a follower of what it led, and stops what it followed.
 *   <li>A topic is to be deleted: UpdateMetadata to all, StopReplica to the live replicas.
 * </ul>
 */
final class Telling {

    private final ClusterDelta delta;
    private final ClusterImage before;
    private final ClusterImage after;
    private final boolean beginsReign;
    private final SortedSet<Integer> live;
    /** Brokers that this step saw start; they are told everything at the end, and nothing in parts. */
    private final SortedSet<Integer> started = new TreeSet<>();

    /** Brokers that this step saw begin to shut down. */
    private final Set<Integer> leaving;

    private final boolean membershipChanged;

    Telling(Decision decision) {
        this.delta = decision.delta();
        this.before = delta.before();
        this.after = delta.after();
        this.beginsReign = decision.beginsReign();
        this.live = new TreeSet<>(after.brokers().keySet());
        boolean changed = false;
        for (int id : delta.brokers()) {
            Optional<BrokerRegistration> was = before.broker(id);
            Optional<BrokerRegistration> is = after.broker(id);
            changed |= !was.equals(is);
            if (is.isPresent()
                    && (was.isEmpty() || was.get().epoch() != is.get().epoch())) {
                started.add(id);
            }
        }
        this.membershipChanged = changed;
        this.leaving = after.shuttingDown();
        this.leaving.removeAll(before.shuttingDown());
    }

    Announcements nothing() {
        return new Parts().build();
    }

    /** Who rules and which brokers live, where one of it is news. */
    Announcements whoRulesAndLives() {
        Parts parts = new Parts();
        if (beginsReign || membershipChanged) {
            parts.updateMetadata(live, PartitionSet.EMPTY);
        }
        return parts.build();
    }

    /** What follows from a part of the step: these partitions, and the topics whose deletion begins. */
    Announcements of(PartitionSet partitions, Collection<String> deletionsBegun) {
        Parts parts = new Parts();
        SortedSet<Integer> others = new TreeSet<>(live);
        others.removeAll(started);
        PartitionSet.Builder metadata = PartitionSet.builder();
        partitions.forEach(partition -> {
            if (after.isBeingDeleted(partition.topic())
                    || !after.assignment(partition).exists()) {
                return;
            }
            boolean assignmentChanged = !before.assignment(partition).equals(after.assignment(partition));
            PartitionState was = before.state(partition);
            PartitionState is = after.state(partition);
            if (is.exists() && (assignmentChanged || !is.equals(was))) {
                metadata.add(partition);
            }
            if (is.exists() && (assignmentChanged || is.leaderEpoch() != was.leaderEpoch())) {
                tellReplicas(parts, partition, was);
            }
            stopOnShuttingDown(parts, partition, was, is);
            stopRemoved(parts, partition, is);
        });
        for (String name : deletionsBegun) {
            after.topic(name).ifPresent(topic -> {
                metadata.addAll(topic);
                others.forEach(broker -> stopDeleted(parts, topic, TopicDeletion.ASKED, broker));
            });
        }
        PartitionSet changed = metadata.build();
        if (!changed.isEmpty()) {
            parts.updateMetadata(others, changed);
        }
        return parts.build();
    }

    private void tellReplicas(Parts parts, PartitionId partition, PartitionState was) {
        Replicas replicas = after.assignment(partition).replicas();
        for (int i = 0; i < replicas.size(); i++) {
            int broker = replicas.get(i);
            boolean mayFollow = after.isReplicaEligible(broker, partition) || was.leader() == broker;
            if (mayFollow && after.isReplicaOnline(broker, partition) && !started.contains(broker)) {
                parts.leaderAndIsr(broker, partition);
                if (isBeingAdded(broker, partition)) {
                    parts.isAdded(broker, partition);
                }
            }
        }
        if (!was.exists()) {
            parts.isNew(partition);
        }
    }

    /** A replica that was moved away need not be told that it is one of a live partition: it deletes what it has. */
    private void stopRemoved(Parts parts, PartitionId partition, PartitionState is) {
        Replicas removed = before.assignment(partition)
                .replicas()
                .without(after.assignment(partition).replicas());
        if (is.exists()) {
            removed.filter(broker -> after.isReplicaOnline(broker, partition)).stream()
                    .forEach(broker -> parts.stop(broker, new StopReplica(partition, is.leaderEpoch(), true)));
        }
    }

    /** Whether a reassignment adds this replica, and nobody has seen it in sync: it may have no log yet. */
    private boolean isBeingAdded(int broker, PartitionId partition) {
        return after.assignment(partition).adding().contains(broker)
                && !after.state(partition).isr().contains(broker);
    }

    private void stopOnShuttingDown(Parts parts, PartitionId partition, PartitionState was, PartitionState is) {
        for (int broker : leaving) {
            boolean holds = after.assignment(partition).replicas().contains(broker);
            if (holds && is.exists() && was.leader() != broker && live.contains(broker)) {
                parts.stop(broker, new StopReplica(partition, is.leaderEpoch(), false));
            }
        }
    }

    /** All there is, to the brokers that have started; after the first step of a reign, to all. */
    Announcements everything() {
        Parts parts = new Parts();
        SortedSet<Integer> targets = beginsReign ? live : started;
        if (targets.isEmpty()) {
            return parts.build();
        }
        PartitionSet.Builder metadata = PartitionSet.builder();
        for (TopicImage topic : after.topics()) {
            boolean deleted = after.isBeingDeleted(topic.name());
            for (int number = 0; number < topic.partitionCount(); number++) {
                if (topic.hasPartition(number)
                        && (deleted || topic.state(number).exists())) {
                    metadata.add(topic.name(), number);
                }
            }
        }
        parts.updateMetadata(targets, metadata.build());
        targets.forEach(broker -> tellHoldings(parts, broker));
        delta.partitions().forEach(partition -> {
            if (!before.state(partition).exists() && after.state(partition).exists()) {
                parts.isNew(partition);
            }
        });
        return parts.build();
    }

    private void tellHoldings(Parts parts, int broker) {
        for (TopicImage topic : after.topicsOf(broker)) {
            TopicDeletion deletion = after.deletions().get(topic.name());
            if (deletion != null) {
                stopDeleted(parts, topic, deletion, broker);
                continue;
            }
            for (int number = 0; number < topic.partitionCount(); number++) {
                PartitionId partition = new PartitionId(topic.name(), number);
                if (topic.state(number).exists()
                        && topic.assignment(number).replicas().contains(broker)
                        && after.isReplicaOnline(broker, partition)) {
                    parts.leaderAndIsr(broker, partition);
                }
            }
        }
    }

    private void stopDeleted(Parts parts, TopicImage topic, TopicDeletion deletion, int broker) {
        for (int number = 0; number < topic.partitionCount(); number++) {
            PartitionId partition = new PartitionId(topic.name(), number);
            if (topic.assignment(number).replicas().contains(broker)
                    && !deletion.isConfirmed(broker, number)
                    && after.isReplicaOnline(broker, partition)) {
                parts.stop(broker, new StopReplica(partition, StopReplica.DURING_DELETE, true));
            }
        }
    }

    /** Announcements in the making. */
    private final class Parts {
        private final SortedMap<Integer, PartitionSet.Builder> leaderAndIsr = new TreeMap<>();
        private final PartitionSet.Builder isNew = PartitionSet.builder();
        private final SortedMap<Integer, PartitionSet.Builder> added = new TreeMap<>();
        private final SortedMap<Integer, List<StopReplica>> stopReplicas = new TreeMap<>();
        private final SortedMap<Integer, PartitionSet> updateMetadata = new TreeMap<>();

        void leaderAndIsr(int broker, PartitionId partition) {
            leaderAndIsr.computeIfAbsent(broker, id -> PartitionSet.builder()).add(partition);
        }

        void isNew(PartitionId partition) {
            isNew.add(partition);
        }

        void isAdded(int broker, PartitionId partition) {
            added.computeIfAbsent(broker, id -> PartitionSet.builder()).add(partition);
        }

        void stop(int broker, StopReplica replica) {
            stopReplicas.computeIfAbsent(broker, id -> new ArrayList<>()).add(replica);
        }

        void updateMetadata(Collection<Integer> brokers, PartitionSet partitions) {
            brokers.forEach(broker -> updateMetadata.put(broker, partitions));
        }

        Announcements build() {
            NewReplicas news = new NewReplicas(isNew.build(), built(added));
            return new Announcements(after, built(leaderAndIsr), news, stopReplicas, updateMetadata);
        }

        private static SortedMap<Integer, PartitionSet> built(SortedMap<Integer, PartitionSet.Builder> builders) {
            SortedMap<Integer, PartitionSet> sets = new TreeMap<>();
            builders.forEach((broker, builder) -> sets.put(broker, builder.build()));
            return sets;
        }
    }
}
