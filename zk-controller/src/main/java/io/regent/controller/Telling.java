package io.regent.controller;

import io.regent.metadata.Assignment;
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
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
 *   <li>A leader wrote a state itself: UpdateMetadata to all.
 *   <li>A broker has lost a log directory: LeaderAndIsr of all it holds, so that it says what is gone.
 *   <li>Only the ISR changed: UpdateMetadata to all; the leader learns it from the answer to its AlterPartition.
 *   <li>A broker started: all it must know, as one, at the end. A broker came, went or moved: who lives, to all.
 *   <li>A reign began: who rules, to all; what changed, as it becomes durable; then all the rest that there is, to all.
 *   <li>A broker shuts down: it goes on as a follower of what it led, and stops what it followed.
 *   <li>A ruling node that is no broker is told metadata like any broker, and nothing else.
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
    /** Those who live and did not just start. */
    private final SortedSet<Integer> others;

    /** Brokers that asked in this step to shut down, be it for the first time or again. */
    private final Set<Integer> leaving;

    private final boolean membershipChanged;
    private final Notices notices;

    /** What the parts of the step tell the others, which is not told again at the end. */
    private final PartitionSet.Builder toldMetadata = PartitionSet.builder();

    private final SortedMap<Integer, PartitionSet.Builder> toldReplicas = new TreeMap<>();

    /** @param unregistered a ruling node that is no broker: it holds no replicas, but is told metadata */
    Telling(Decision decision, OptionalInt unregistered) {
        this.delta = decision.delta();
        this.before = delta.before();
        this.after = delta.after();
        this.beginsReign = decision.beginsReign();
        this.notices = decision.notices();
        this.live = new TreeSet<>(after.brokers().keySet());
        unregistered.ifPresent(ruler -> live.add(ruler));
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
        this.others = new TreeSet<>(live);
        others.removeAll(started);
        this.membershipChanged = changed;
        this.leaving = after.shuttingDown();
        this.leaving.retainAll(delta.brokers());
    }

    /** Who rules and which brokers live, told by a reign that has read nothing else yet. */
    static Announcements whoRules(Collection<BrokerRegistration> live, OptionalInt unregistered) {
        SortedMap<Integer, PartitionSet> told = new TreeMap<>();
        live.forEach(broker -> told.put(broker.id(), PartitionSet.EMPTY));
        unregistered.ifPresent(ruler -> told.put(ruler, PartitionSet.EMPTY));
        ClusterImage image = ClusterImage.of(live, List.of(), Set.of());
        return new Announcements(image, new TreeMap<>(), NewReplicas.NONE, new TreeMap<>(), told);
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
        PartitionSet.Builder metadata = PartitionSet.builder();
        for (String name : partitions.topics()) {
            Optional<TopicImage> topic = after.topic(name);
            if (topic.isPresent() && !after.isBeingDeleted(name)) {
                Optional<TopicImage> was = before.topic(name);
                partitions.forEachOf(name, number -> tell(parts, metadata, Change.of(was, topic.get(), number)));
            }
        }
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
        Announcements told = parts.build();
        if (beginsReign) {
            changed.forEachTopic(toldMetadata::addAll);
            told.leaderAndIsr()
                    .forEach((broker, replicas) -> replicas.forEachTopic(
                            toldReplicas.computeIfAbsent(broker, id -> PartitionSet.builder())::addAll));
        }
        return told;
    }

    /** A partition before and after the step. */
    private record Change(
            PartitionId partition,
            Assignment assignmentBefore,
            Assignment assignment,
            PartitionState was,
            PartitionState is) {

        static Change of(Optional<TopicImage> before, TopicImage after, int number) {
            return new Change(
                    new PartitionId(after.name(), number),
                    before.isPresent() ? before.get().assignment(number) : Assignment.NONE,
                    after.assignment(number),
                    ZnodeChanges.stateIn(before, number),
                    after.state(number));
        }

        boolean isAssignmentChanged() {
            return !assignmentBefore.equals(assignment);
        }
    }

    private void tell(Parts parts, PartitionSet.Builder metadata, Change change) {
        PartitionState was = change.was();
        PartitionState is = change.is();
        if (!change.assignment().exists()) {
            return;
        }
        boolean assignmentChanged = change.isAssignmentChanged();
        if (is.exists()
                && (assignmentChanged || !is.equals(was) || notices.learned().contains(change.partition()))) {
            metadata.add(change.partition());
        }
        if (is.exists() && (assignmentChanged || is.leaderEpoch() != was.leaderEpoch())) {
            tellReplicas(parts, change);
        }
        stopOnShuttingDown(parts, change);
        if (assignmentChanged) {
            stopRemoved(parts, change);
        }
    }

    private void tellReplicas(Parts parts, Change change) {
        PartitionId partition = change.partition();
        Replicas replicas = change.assignment().replicas();
        for (int i = 0; i < replicas.size(); i++) {
            int broker = replicas.get(i);
            boolean mayFollow =
                    after.isReplicaEligible(broker, partition) || change.was().leader() == broker;
            if (mayFollow && after.isReplicaOnline(broker, partition) && !started.contains(broker)) {
                parts.leaderAndIsr(broker, partition);
                if (isBeingAdded(broker, change)) {
                    parts.isAdded(broker, partition);
                }
            }
        }
        if (!change.was().exists()) {
            parts.isNew(partition);
        }
    }

    /** A replica that was moved away need not be told that it is one of a live partition: it deletes what it has. */
    private void stopRemoved(Parts parts, Change change) {
        PartitionId partition = change.partition();
        Replicas removed =
                change.assignmentBefore().replicas().without(change.assignment().replicas());
        if (change.is().exists()) {
            removed.filter(broker -> after.isReplicaOnline(broker, partition)).stream()
                    .forEach(broker -> parts.stop(
                            broker, new StopReplica(partition, change.is().leaderEpoch(), true)));
        }
    }

    /** Whether a reassignment adds this replica, and nobody has seen it in sync: it may have no log yet. */
    private static boolean isBeingAdded(int broker, Change change) {
        return change.assignment().adding().contains(broker)
                && !change.is().isr().contains(broker);
    }

    private void stopOnShuttingDown(Parts parts, Change change) {
        for (int broker : leaving) {
            boolean holds = change.assignment().replicas().contains(broker);
            if (holds && change.is().exists() && change.was().leader() != broker && live.contains(broker)) {
                parts.stop(
                        broker, new StopReplica(change.partition(), change.is().leaderEpoch(), false));
            }
        }
    }

    /** All there is, to the brokers that have started; after the first step of a reign, what its parts left out, to the others. */
    Announcements theRest() {
        Parts parts = new Parts();
        SortedSet<Integer> targets = beginsReign ? live : started;
        notices.questioned().stream()
                .filter(broker -> !targets.contains(broker))
                .forEach(broker -> tellHoldings(parts, broker, PartitionSet.EMPTY));
        if (targets.isEmpty()) {
            return parts.build();
        }
        ClusterImage image = after;
        PartitionSet all = PartitionSet.lazily(() -> known(image));
        parts.updateMetadata(started, all);
        if (beginsReign) {
            PartitionSet known = toldMetadata.build();
            parts.updateMetadata(others, PartitionSet.lazily(() -> all.minus(known)));
        }
        SortedMap<Integer, PartitionSet> told = Parts.built(toldReplicas);
        // Who is questioned answers of all that it holds.
        told.keySet().removeAll(notices.questioned());
        targets.forEach(broker -> tellHoldings(parts, broker, told.getOrDefault(broker, PartitionSet.EMPTY)));
        delta.partitions().forEach(partition -> {
            if (!before.state(partition).exists() && after.state(partition).exists()) {
                parts.isNew(partition);
            }
        });
        return parts.build();
    }

    /** What brokers may know: partitions that have a state, and whatever is to be deleted. */
    private static PartitionSet known(ClusterImage image) {
        PartitionSet.Builder known = PartitionSet.builder();
        for (TopicImage topic : image.topics()) {
            known.addAll(topic.name(), known(topic, image.isBeingDeleted(topic.name())));
        }
        return known.build();
    }

    private static BitSet known(TopicImage topic, boolean isBeingDeleted) {
        BitSet known = new BitSet(topic.partitionCount());
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (topic.hasPartition(number)
                    && (isBeingDeleted || topic.state(number).exists())) {
                known.set(number);
            }
        }
        return known;
    }

    /** @param told what the broker knows already */
    private void tellHoldings(Parts parts, int broker, PartitionSet told) {
        after.deletions()
                .forEach((name, deletion) ->
                        after.topic(name).ifPresent(topic -> stopDeleted(parts, topic, deletion, broker)));
        if (after.hostsAny(broker)) {
            ClusterImage image = after;
            parts.holdings(
                    broker, PartitionSet.lazily(() -> holdings(image, broker).minus(told)));
        }
    }

    /** What a broker must lead or follow. */
    private static PartitionSet holdings(ClusterImage image, int broker) {
        PartitionSet.Builder holdings = PartitionSet.builder();
        Set<PartitionId> offline = image.offlineReplicas(broker);
        for (TopicImage topic : image.topicsOf(broker)) {
            if (!image.isBeingDeleted(topic.name())) {
                holdings.addAll(topic.name(), holdings(topic, broker, offline));
            }
        }
        return holdings.build();
    }

    private static BitSet holdings(TopicImage topic, int broker, Set<PartitionId> offline) {
        BitSet holdings = new BitSet(topic.partitionCount());
        for (int number = 0; number < topic.partitionCount(); number++) {
            if (topic.state(number).exists()
                    && topic.assignment(number).replicas().contains(broker)
                    && (offline.isEmpty() || !offline.contains(new PartitionId(topic.name(), number)))) {
                holdings.set(number);
            }
        }
        return holdings;
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
        /** Instead of {@code leaderAndIsr}, for brokers that are told all at once. */
        private final SortedMap<Integer, PartitionSet> holdings = new TreeMap<>();

        private final PartitionSet.Builder isNew = PartitionSet.builder();
        private final SortedMap<Integer, PartitionSet.Builder> added = new TreeMap<>();
        private final SortedMap<Integer, List<StopReplica>> stopReplicas = new TreeMap<>();
        private final SortedMap<Integer, PartitionSet> updateMetadata = new TreeMap<>();

        void leaderAndIsr(int broker, PartitionId partition) {
            leaderAndIsr.computeIfAbsent(broker, id -> PartitionSet.builder()).add(partition);
        }

        void holdings(int broker, PartitionSet partitions) {
            holdings.put(broker, partitions);
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
            SortedMap<Integer, PartitionSet> told = built(leaderAndIsr);
            told.putAll(holdings);
            return new Announcements(after, told, news, stopReplicas, updateMetadata);
        }

        private static SortedMap<Integer, PartitionSet> built(SortedMap<Integer, PartitionSet.Builder> builders) {
            SortedMap<Integer, PartitionSet> sets = new TreeMap<>();
            builders.forEach((broker, builder) -> sets.put(broker, builder.build()));
            return sets;
        }
    }
}
