package io.regent.controller.sim;

import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.LeaderAndIsrRequestData.LeaderAndIsrPartitionState;
import org.slf4j.helpers.MessageFormatter;

/**
 * Sees every change of the znodes, every state that a broker obeys and every record that is acknowledged, and says so at
 * once when one of them must not be. It knows what was asked for, but not how the controller decides.
 */
final class Witness {

    private static final String TOPICS = TopicZnode.PARENT + "/";
    private static final String STATE = "/state";

    private final boolean uncleanAllowed;
    private final Consumer<String> onViolation;
    private final Map<String, TopicZnode.Content> topics = new TreeMap<>();
    private final Map<PartitionId, PartitionState> states = new TreeMap<>();
    private final Map<Replica, Set<PartitionState>> history = new HashMap<>();
    private final Map<Replica, List<Integer>> committed = new HashMap<>();
    private final Map<PartitionId, Set<Replicas>> askedTargets = new HashMap<>();
    private final Set<PartitionId> cancelled = new HashSet<>();
    private final Map<Replica, Set<Integer>> askedMembers = new HashMap<>();
    private final Set<String> askedDeletions = new HashSet<>();
    private final Set<String> unreadable = new HashSet<>();
    private final Set<TopicId> unknowable = new HashSet<>();
    /** Where replicas were, by the znode of their topic, before they were moved away. */
    private final Map<Replica, Set<Integer>> moved = new HashMap<>();

    private final Map<String, TopicId> marked = new HashMap<>();
    private final Set<PartitionId> rewritten = new HashSet<>();
    private final Set<TopicId> everCreated = new HashSet<>();
    private int reignEpoch;
    private long reignSession;

    /** A partition of one topic of that name; or one leader epoch of it. */
    private record Replica(TopicId topic, int partition, int leaderEpoch) {
        static Replica of(TopicId topic, int partition) {
            return new Replica(topic, partition, -1);
        }
    }

    Witness(boolean uncleanAllowed, Consumer<String> onViolation) {
        this.uncleanAllowed = uncleanAllowed;
        this.onViolation = onViolation;
    }

    private void check(boolean holds, String what, Object... about) {
        if (!holds) {
            onViolation.accept(MessageFormatter.arrayFormat(what, about).getMessage());
        }
    }

    /** What the topic's znode holds, if there is one. */
    Optional<TopicZnode.Content> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    Map<String, TopicZnode.Content> topics() {
        return topics;
    }

    Map<PartitionId, PartitionState> states() {
        return states;
    }

    /** Whether this state is what somebody wrote by hand, so that the leader cannot know its version. */
    boolean isRewritten(PartitionId partition) {
        return rewritten.contains(partition);
    }

    /** Whether this topic was deleted when nobody could read where its replicas are, so that their brokers keep them. */
    boolean isUnknowable(Uuid topic) {
        return unknowable.contains(new TopicId(topic.getMostSignificantBits(), topic.getLeastSignificantBits()));
    }

    /**
     * Whether this broker held a replica that was moved away, and its topic is gone since: if it missed the order to delete
     * it, nobody knows any more that it has one.
     */
    boolean isForgotten(int broker, Uuid topic, PartitionId partition) {
        TopicId id = new TopicId(topic.getMostSignificantBits(), topic.getLeastSignificantBits());
        return !idOf(partition.topic()).equals(id)
                && moved.getOrDefault(Replica.of(id, partition.partition()), Set.of())
                        .contains(broker);
    }

    private TopicId idOf(String topic) {
        return topic(topic).map(TopicZnode.Content::id).orElse(TopicId.NONE);
    }

    void deletionIsAsked(String topic) {
        askedDeletions.add(topic);
    }

    void targetIsAsked(PartitionId partition, Replicas target) {
        askedTargets.computeIfAbsent(partition, any -> new HashSet<>()).add(target);
    }

    void cancellationIsAsked(PartitionId partition) {
        cancelled.add(partition);
    }

    /** A leader wants these to be in sync. */
    void isrIsAsked(TopicId topic, int partition, int leaderEpoch, Replicas isr) {
        Set<Integer> members =
                askedMembers.computeIfAbsent(new Replica(topic, partition, leaderEpoch), any -> new HashSet<>());
        isr.stream().forEach(members::add);
    }

    /** The controller answered that this topic is made. */
    void creationIsAnswered(TopicId id) {
        check(everCreated.contains(id), "the creation of topic {} was answered and is not in ZooKeeper", id);
    }

    /** The controller answered that this topic's deletion goes on. */
    void deletionIsAnswered(String name, TopicId id, boolean isGoing) {
        check(isGoing || !idOf(name).equals(id), "the deletion of {} was answered and is not in ZooKeeper", name);
    }

    /** The controller answered that this is the partition's state. */
    void stateIsAnswered(TopicId topic, int partition, PartitionState state) {
        check(
                history.getOrDefault(Replica.of(topic, partition), Set.of()).contains(state),
                "{}-{} was answered, and never was in ZooKeeper: {}",
                topic,
                partition,
                state);
    }

    /** A broker obeys this state. */
    void obeyed(int broker, Uuid topicId, LeaderAndIsrPartitionState told, int controllerEpoch) {
        TopicId id = new TopicId(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits());
        check(
                controllerEpoch <= reignEpoch,
                "broker {} obeys controller epoch {}, which nobody has won",
                broker,
                controllerEpoch);
        boolean wasDurable = history.getOrDefault(Replica.of(id, told.partitionIndex()), Set.of()).stream()
                .anyMatch(state -> state.version() == told.partitionEpoch()
                        && state.leaderEpoch() == told.leaderEpoch()
                        && state.leader() == told.leader()
                        && state.isr().equals(Replicas.of(told.isr())));
        check(wasDurable, "broker {} is told what never was in ZooKeeper: {}", broker, told);
    }

    /** A leader acknowledges all that its log holds. */
    void committed(Uuid topicId, PartitionId partition, int broker, SimLog log) {
        TopicId id = new TopicId(topicId.getMostSignificantBits(), topicId.getLeastSignificantBits());
        List<Integer> before = committed.getOrDefault(Replica.of(id, partition.partition()), List.of());
        check(
                uncleanAllowed || log.startsWith(before),
                "acknowledged records of {} are lost: leader {} has {}, acknowledged were {}",
                partition,
                broker,
                log.records(),
                before);
        if (before.size() != log.records().size() || uncleanAllowed) {
            committed.put(Replica.of(id, partition.partition()), List.copyOf(log.records()));
        }
    }

    /** The ensemble has agreed on a transaction. */
    void agreed(SimZooKeeper.Txn txn) {
        for (SimTree.Change change : txn.changes()) {
            if (change.path().equals(ControllerEpochZnode.PATH)) {
                epoch(txn, change);
            }
        }
        boolean meddled = txn.session() == 0;
        List<PartitionId> touched = new ArrayList<>();
        for (SimTree.Change change : txn.changes()) {
            boolean content = change.isCreation() || change.isDeletion() || change.isOfData();
            if (!content) {
                continue;
            }
            if (isGuarded(change.path()) && !meddled && reignEpoch > 0) {
                check(
                        txn.session() == reignSession,
                        "{} is written by session {}, while session {} rules in epoch {}",
                        change.path(),
                        Long.toHexString(txn.session()),
                        Long.toHexString(reignSession),
                        reignEpoch);
            }
            if (change.path().startsWith(TOPICS)) {
                try {
                    underTopics(change, meddled, touched);
                } catch (BadZnodeException e) {
                    check(meddled, "{}", e.getMessage());
                }
            } else if (change.path().startsWith(DeleteTopicsZnode.PARENT + "/")) {
                markerChanged(change.path().substring(DeleteTopicsZnode.PARENT.length() + 1), change, meddled);
            }
        }
        touched.forEach(this::holdsTogether);
    }

    /** A marker means the topic that stood there when it was made, if any did. */
    private void markerChanged(String topic, SimTree.Change change, boolean meddled) {
        if (change.isCreation()) {
            marked.put(topic, idOf(topic));
        } else if (change.isDeletion()) {
            TopicId meant = marked.remove(topic);
            boolean isLeft = topic(topic).isPresent() && idOf(topic).equals(meant);
            check(meddled || !isLeft, "the deletion of {} is forgotten", topic);
        }
    }

    private static boolean isGuarded(String path) {
        return path.startsWith(TOPICS) || path.startsWith("/admin/") || path.startsWith("/config/topics/");
    }

    private void epoch(SimZooKeeper.Txn txn, SimTree.Change change) {
        try {
            int epoch = change.isDeletion()
                    ? 0
                    : ControllerEpochZnode.decode(change.after().data());
            check(epoch >= reignEpoch || txn.session() == 0, "the controller epoch falls to {}", epoch);
            if (epoch > reignEpoch) {
                reignEpoch = epoch;
                reignSession = txn.session();
            }
        } catch (BadZnodeException e) {
            check(txn.session() == 0, "{}", e.getMessage());
        }
    }

    private void underTopics(SimTree.Change change, boolean meddled, List<PartitionId> touched)
            throws BadZnodeException {
        String below = change.path().substring(TOPICS.length());
        int slash = below.indexOf('/');
        if (slash < 0) {
            topicChanged(below, change, meddled, touched);
        } else if (below.endsWith(STATE)) {
            String topic = below.substring(0, slash);
            String number = below.substring(below.lastIndexOf('/', below.length() - STATE.length() - 1) + 1);
            PartitionId partition =
                    new PartitionId(topic, Integer.parseInt(number.substring(0, number.length() - STATE.length())));
            stateChanged(partition, change, meddled);
            touched.add(partition);
        }
    }

    private void topicChanged(String name, SimTree.Change change, boolean meddled, List<PartitionId> touched)
            throws BadZnodeException {
        if (change.isDeletion()) {
            check(meddled || askedDeletions.contains(name), "topic {} is deleted, and nobody asked for it", name);
            TopicZnode.Content gone = topics.remove(name);
            if (unreadable.remove(name) && gone != null) {
                unknowable.add(gone.id());
            }
            return;
        }
        unreadable.add(name);
        TopicZnode.Content after = TopicZnode.decode(name, change.after().data());
        unreadable.remove(name);
        TopicZnode.Content before = topics.put(name, after);
        everCreated.add(after.id());
        for (int number = 0; number < after.assignments().length; number++) {
            touched.add(new PartitionId(name, number));
            if (before != null && number < before.assignments().length) {
                before.assignments()[number].replicas().stream()
                        .forEach(moved.computeIfAbsent(Replica.of(after.id(), number), any -> new HashSet<>())::add);
            }
            if (before != null && number < before.assignments().length && !meddled) {
                assignmentChanged(
                        new PartitionId(name, number), before.assignments()[number], after.assignments()[number]);
            }
        }
        check(
                meddled
                        || before == null
                        || marked.containsKey(name)
                        || before.assignments().length <= after.assignments().length,
                "topic {} loses partitions",
                name);
    }

    private void assignmentChanged(PartitionId partition, Assignment before, Assignment after) {
        boolean same = after.target().equals(before.target());
        boolean asked = askedTargets.getOrDefault(partition, Set.of()).contains(after.target());
        boolean back = cancelled.contains(partition) && after.target().equals(before.origin());
        check(
                same || asked || back,
                "{} is reassigned from {} to {}, and nobody asked for that",
                partition,
                before,
                after);
    }

    private void stateChanged(PartitionId partition, SimTree.Change change, boolean meddled) throws BadZnodeException {
        if (change.isDeletion()) {
            states.remove(partition);
            return;
        }
        PartitionState before = change.isCreation() ? null : states.get(partition);
        PartitionState after = PartitionStateZnode.decode(
                partition, change.after().data(), change.after().version());
        states.put(partition, after);
        TopicId id = idOf(partition.topic());
        history.computeIfAbsent(Replica.of(id, partition.partition()), any -> new HashSet<>())
                .add(after);
        if (meddled) {
            rewritten.add(partition);
            return;
        }
        check(after.controllerEpoch() == reignEpoch, "{} is written under an old epoch: {}", partition, after);
        if (before == null) {
            return;
        }
        check(
                after.leaderEpoch() == before.leaderEpoch() || after.leaderEpoch() == before.leaderEpoch() + 1,
                "the leader epoch of {} goes from {} to {}",
                partition,
                before,
                after);
        check(
                after.leader() == before.leader() || after.leaderEpoch() > before.leaderEpoch(),
                "another leader of {} in the same leader epoch: {}, then {}",
                partition,
                before,
                after);
        if (after.hasLeader() && !before.isr().contains(after.leader())) {
            Set<Integer> asked =
                    askedMembers.getOrDefault(new Replica(id, partition.partition(), before.leaderEpoch()), Set.of());
            check(
                    uncleanAllowed || asked.contains(after.leader()),
                    "unclean leader of {}: {}, then {}",
                    partition,
                    before,
                    after);
        }
    }

    /** What stands in two znodes fits together once the whole transaction is applied. */
    private void holdsTogether(PartitionId partition) {
        PartitionState state = states.get(partition);
        TopicZnode.Content topic = topics.get(partition.topic());
        if (state == null || topic == null || partition.partition() >= topic.assignments().length) {
            return;
        }
        Replicas replicas = topic.assignments()[partition.partition()].replicas();
        check(!state.isr().isEmpty(), "{} has no ISR", partition);
        check(replicas.containsAll(state.isr()), "the ISR of {} is not among {}: {}", partition, replicas, state);
        check(
                !state.hasLeader() || state.isr().contains(state.leader()),
                "the leader of {} is not in sync: {}",
                partition,
                state);
    }
}
