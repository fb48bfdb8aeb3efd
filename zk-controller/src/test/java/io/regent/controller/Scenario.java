package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.regent.controller.Asks.Birth;
import io.regent.controller.Asks.ElectionType;
import io.regent.controller.Asks.MorePartitions;
import io.regent.controller.Asks.NewTopic;
import io.regent.controller.Asks.PartitionChange;
import io.regent.controller.Asks.TopicRef;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.IsrChangeZnode;
import io.regent.metadata.znode.LogDirEventZnode;
import io.regent.metadata.znode.PreferredElectionZnode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Plays one scenario of a file: what is given, then events, each with what must come of it. After each event the
 * invariants hold, and a new controller would load from ZooKeeper what this one knows.
 *
 * <p>After a {@code when} line: a partition's line checks the fields it names; {@code answer}, {@code write} and
 * {@code tell} lines, where there is one, are all that there may be, in order; {@code write nothing} and
 * {@code tell nothing} say so.
 */
final class Scenario {

    static final Reign REIGN = new Reign(1, 7, 70);

    private final GivenCluster given = new GivenCluster();
    private ModelZooKeeper zooKeeper;
    private ClusterImage image;
    private Controller controller;
    private Decision decision;
    private List<Commit> commits = List.of();
    private final List<String> writes = new ArrayList<>();
    private final List<String> tells = new ArrayList<>();

    void play(List<String> lines) {
        for (String line : lines) {
            Words words = new Words(line);
            if (words.first().equals("when")) {
                checkOutput();
                begin();
                Words event = new Words(line.trim().substring("when ".length()));
                step(event(event), event.first().equals("seen"));
            } else if (image == null) {
                given.accept(words);
            } else {
                expect(line.trim(), words);
            }
        }
        checkOutput();
    }

    private void begin() {
        if (image == null) {
            image = given.image();
            controller = new Controller(given.settings(), REIGN, given.unregistered());
            zooKeeper = ModelZooKeeper.holding(image);
        }
    }

    /**
     * @param isOld whether ZooKeeper holds something newer than what the event says
     */
    private void step(Event event, boolean isOld) {
        if (event instanceof Event.DeletionsObserved observed) {
            observed.topics().forEach(zooKeeper::mark);
        }
        if (event instanceof Event.TopicsObserved observed && !isOld) {
            observed.topics().forEach(zooKeeper::rewrite);
        }
        if (event instanceof Event.ReassignmentsObserved observed) {
            zooKeeper.order(observed.targets());
        }
        zooKeeper.meddle(event);
        decision = controller.step(image, event);
        commits = ImmutableList.copyOf(controller.commits(decision));
        // What an observation has taught in this step is no change that the step made.
        Invariants.check(decision.delta().before(), decision, true);
        commits.forEach(commit -> zooKeeper.apply(commit.writes()));
        image = decision.image();
        ClusterImage loaded = zooKeeper.load(image.brokers().values());
        for (String name : loaded.topicNames()) {
            assertThat(image.topic(name)).as("topic %s as loaded", name).isEqualTo(loaded.topic(name));
        }
        assertThat(image.topicNames()).as("topics as loaded").isEqualTo(loaded.topicNames());
        assertThat(image.reassignmentOrders()).as("orders as loaded").isEqualTo(loaded.reassignmentOrders());
        assertThat(image.producerIds()).as("producer ids as loaded").isEqualTo(loaded.producerIds());
        assertThat(image.features()).as("features as loaded").isEqualTo(loaded.features());
        if (!zooKeeper.markers().isEmpty() || image.deletions().isEmpty()) {
            assertThat(image.deletions().keySet()).containsAll(zooKeeper.markers());
        }
        writes.clear();
        tells.clear();
    }

    private void expect(String line, Words words) {
        switch (words.first()) {
            case "answer" ->
                assertThat(Rendering.answer(decision.answer().orElseThrow()))
                        .isEqualTo(line.substring("answer ".length()));
            case "write" -> writes.add(line.substring("write ".length()));
            case "tell" -> tells.add(line.substring("tell ".length()));
            case "because" ->
                assertThat(decision.changes().stream()
                                .map(Decision.Change::reason)
                                .map(Reason::name)
                                .collect(Collectors.toSet()))
                        .contains(words.second());
            case "orders" -> assertThat(image.reassignmentOrders()).contains(words.targets());
            case "remark" ->
                assertThat(decision.notices().remarks())
                        .anySatisfy(remark -> assertThat(remark).contains(words.rest()));
            case "no-remark" -> assertThat(decision.notices().remarks()).isEmpty();
            case "features" -> assertThat(image.features()).isEqualTo(GivenCluster.features(words));
            case "no-orders" -> assertThat(image.reassignmentOrders()).isEmpty();
            case "id" ->
                assertThat(image.topic(words.second()).orElseThrow().id())
                        .isEqualTo(GivenCluster.topicId(
                                words.second(), words.rest().get(1)));
            case "topics" -> assertThat(image.topicNames()).isEqualTo(words.rest());
            case "deleting" -> assertThat(image.deletions().keySet()).containsExactlyElementsOf(words.rest());
            default -> expectState(words);
        }
    }

    private void expectState(Words words) {
        PartitionId partition = Words.partition(words.first());
        PartitionState state = image.state(partition);
        if (words.says("stateless")) {
            assertThat(state).isEqualTo(PartitionState.NONE);
            return;
        }
        if (words.has("leader")) {
            assertThat(state.leader()).as("leader of %s", partition).isEqualTo(words.number("leader", -2));
        }
        if (words.has("epoch")) {
            assertThat(state.leaderEpoch()).as("leader epoch of %s", partition).isEqualTo(words.number("epoch", -2));
        }
        if (words.has("isr")) {
            assertThat(state.isr()).as("ISR of %s", partition).isEqualTo(words.replicas("isr"));
        }
        if (words.has("replicas")) {
            Assignment assignment = image.assignment(partition);
            assertThat(assignment.replicas()).isEqualTo(words.replicas("replicas"));
            assertThat(assignment.adding()).isEqualTo(words.has("adding") ? words.replicas("adding") : Replicas.NONE);
            assertThat(assignment.removing())
                    .isEqualTo(words.has("removing") ? words.replicas("removing") : Replicas.NONE);
        }
        assertThat(state.recovery() == LeaderRecovery.RECOVERING)
                .as("%s recovers", partition)
                .isEqualTo(words.says("recovering"));
    }

    private void checkOutput() {
        if (!writes.isEmpty()) {
            List<String> expected = writes.equals(List.of("nothing")) ? List.of() : writes;
            assertThat(Rendering.writes(commits)).isEqualTo(expected);
        }
        if (!tells.isEmpty()) {
            List<String> expected = tells.equals(List.of("nothing")) ? List.of() : tells;
            assertThat(Rendering.announcements(commits)).isEqualTo(expected);
        }
    }

    private Event event(Words words) {
        return switch (words.first()) {
            case "elected" -> new Event.Elected(image, idsForTopicsWithoutOne());
            case "znode", "seen" -> new Event.TopicsObserved(List.of(observedTopic(words.second(), words)));
            case "brokers" -> new Event.BrokersObserved(observed(words.rest()));
            case "deletions" -> new Event.DeletionsObserved(Set.copyOf(words.rest()));
            case "orders" ->
                new Event.ReassignmentsObserved(words.says("gone") ? Optional.empty() : Optional.of(words.targets()));
            case "prefer" ->
                new Event.PreferredElectionsObserved(
                        words.rest().stream().map(Words::partition).toList(),
                        new ReadZnode(PreferredElectionZnode.PATH, 5, 0));
            case "isr-changes" ->
                new Event.IsrChangesObserved(
                        List.of(new ReadZnode(IsrChangeZnode.SEQUENCE_PATH + "0000000001", 5, 0)), states(words));
            case "log-dir-events" ->
                new Event.LogDirEventsObserved(
                        List.of(new ReadZnode(LogDirEventZnode.SEQUENCE_PATH + "0000000001", 5, 0)),
                        words.rest().stream().map(Integer::valueOf).collect(Collectors.toSet()));
            case "topic-config" ->
                new Event.TopicConfigsObserved(new TreeMap<>(Map.of(words.second(), words.others())));
            case "broker-config" -> new Event.BrokerConfigObserved(words.others());
            case "producer-ids" -> new Event.ProducerIdsObserved(GivenCluster.producerIds(words));
            case "features" -> new Event.FeaturesObserved(GivenCluster.features(words));
            case "rebalance" -> new Event.RebalanceDue();
            case "stopped" ->
                new Event.StopReplicaAnswered(
                        Integer.parseInt(words.second()),
                        words.number("epoch", -1),
                        Words.partitions(words.rest().subList(1, words.rest().size())));
            case "logdirs" ->
                new Event.LeaderAndIsrAnswered(
                        Integer.parseInt(words.second()),
                        words.number("epoch", -1),
                        partitionsOf(words, "well"),
                        partitionsOf(words, "failed"));
            default -> ask(words);
        };
    }

    private SortedMap<String, TopicId> idsForTopicsWithoutOne() {
        SortedMap<String, TopicId> ids = new TreeMap<>();
        image.topics().stream()
                .filter(topic -> !topic.id().isPresent())
                .forEach(topic -> ids.put(topic.name(), GivenCluster.topicId(topic.name(), "new")));
        return ids;
    }

    /** A topic's znode as it was read: {@code NAME gone}, {@code garbage} or {@code assignment=1,2;2,1 id=none}. */
    private static Event.ObservedTopic observedTopic(String name, Words words) {
        Optional<TopicImage> found = Optional.empty();
        if (words.says("garbage")) {
            found = Optional.of(TopicImage.unreadable(name, words.number("version", 0)));
        } else if (!words.says("gone")) {
            Assignment[] assignments = words.lists("assignment").stream()
                    .map(Replicas::of)
                    .map(Assignment::of)
                    .toArray(Assignment[]::new);
            PartitionState[] states = new PartitionState[assignments.length];
            Arrays.fill(states, PartitionState.NONE);
            TopicId id = GivenCluster.topicId(name, words.has("id") ? words.text("id") : "same");
            found = Optional.of(TopicImage.of(name, id, Map.of(), words.number("version", 0), assignments, states));
        }
        TopicId before = GivenCluster.topicId(name, words.has("before") ? words.text("before") : "same");
        TopicId proposed = GivenCluster.topicId(name, words.says("garbage") ? "none" : "new");
        return new Event.ObservedTopic(name, before, found, proposed);
    }

    private Event ask(Words words) {
        return switch (words.first()) {
            case "create" ->
                new Asks.CreateTopics(
                        words.rest().stream()
                                .filter(word -> !word.equals("validate"))
                                .map(name -> newTopic(name, words))
                                .toList(),
                        words.says("validate"));
            case "expand" ->
                new Asks.CreatePartitions(
                        List.of(new MorePartitions(
                                words.second(),
                                words.number("total", 0),
                                words.has("assignment") ? Optional.of(words.lists("assignment")) : Optional.empty())),
                        words.says("validate"));
            case "delete" ->
                new Asks.DeleteTopics(words.rest().stream()
                        .filter(word -> !word.equals("by-id"))
                        .map(word -> words.says("by-id") ? byId(word) : topicRef(word))
                        .toList());
            case "elect" ->
                new Asks.ElectLeaders(
                        words.second().equals("preferred") ? ElectionType.PREFERRED : ElectionType.UNCLEAN,
                        words.says("all")
                                ? Optional.empty()
                                : Optional.of(Words.partitions(
                                        words.rest().subList(1, words.rest().size()))));
            case "reassign" -> {
                SortedMap<PartitionId, Optional<Replicas>> targets = new TreeMap<>();
                words.targets().forEach((partition, target) -> targets.put(partition, Optional.of(target)));
                words.rest().forEach(cancelled -> targets.put(Words.partition(cancelled), Optional.empty()));
                yield new Asks.AlterReassignments(targets);
            }
            case "reassignments" ->
                new Asks.ListReassignments(
                        words.rest().isEmpty() ? Optional.empty() : Optional.of(Words.partitions(words.rest())));
            case "alter" -> alter(words);
            case "allocate" ->
                new Asks.AllocateProducerIds(Integer.parseInt(words.second()), words.number("epoch", -1));
            case "shutdown" -> new Asks.Shutdown(Integer.parseInt(words.second()), words.number("epoch", -1));
            default -> throw new IllegalArgumentException("no such event: " + words);
        };
    }

    /** States as their leaders wrote them: {@code orders-0=1,2} sets the ISR, and the znode's version rises by one. */
    private SortedMap<PartitionId, PartitionState> states(Words words) {
        SortedMap<PartitionId, PartitionState> states = new TreeMap<>();
        words.targets().forEach((partition, isr) -> {
            PartitionState state = image.state(partition);
            states.put(partition, state.withIsr(isr, state.recovery(), state.controllerEpoch()));
        });
        words.rest().forEach(stale -> states.put(Words.partition(stale), image.state(Words.partition(stale))));
        return states;
    }

    private static TopicRef topicRef(String word) {
        return word.startsWith("id:") ? TopicRef.of(TopicId.parse(word.substring(3))) : TopicRef.of(word);
    }

    private TopicRef byId(String topic) {
        return TopicRef.of(image.topic(topic).orElseThrow().id());
    }

    private Event alter(Words words) {
        PartitionId partition = Words.partition(words.rest().get(1));
        TopicRef topic = words.says("by-id") ? byId(partition.topic()) : topicRef(partition.topic());
        return new Asks.AlterPartition(
                Integer.parseInt(words.second()),
                words.number("epoch", -1),
                List.of(new PartitionChange(
                        topic,
                        partition.partition(),
                        words.number("leaderEpoch", 0),
                        words.number("partitionEpoch", 0),
                        words.replicas("isr"),
                        words.says("recovering") ? LeaderRecovery.RECOVERING : LeaderRecovery.RECOVERED,
                        lives(words))));
    }

    /** The lives of the ISR's members that a leader means: {@code lives=1:11,2:12}. */
    private static Map<Integer, Long> lives(Words words) {
        Map<Integer, Long> lives = new TreeMap<>();
        for (String life : words.has("lives") ? List.of(words.text("lives").split(",", -1)) : List.<String>of()) {
            String[] parts = life.split(":", 2);
            lives.put(Integer.valueOf(parts[0]), Long.valueOf(parts[1]));
        }
        return lives;
    }

    private static PartitionSet partitionsOf(Words words, String key) {
        return words.has(key) ? Words.partitions(List.of(words.text(key).split(",", -1))) : PartitionSet.EMPTY;
    }

    private static NewTopic newTopic(String name, Words words) {
        SortedMap<Integer, List<Integer>> assignments = new TreeMap<>();
        if (words.has("assignment")) {
            int number = words.number("from", 0);
            for (List<Integer> list : words.lists("assignment")) {
                assignments.put(number++, list);
            }
        }
        Outcome config =
                words.has("badConfig") ? Outcome.refused(Fault.INVALID_CONFIG, words.text("badConfig")) : Outcome.OK;
        NewTopic topic = new NewTopic(
                name,
                words.number("partitions", Asks.DEFAULT),
                (short) words.number("rf", Asks.DEFAULT),
                assignments,
                Map.of(),
                config,
                new Birth(new TopicId(name.hashCode(), 1), words.number("seed", 0)));
        return topic;
    }

    /** The observed brokers, {@code id:epoch} each; what is known of them stays. */
    private List<BrokerRegistration> observed(List<String> words) {
        return words.stream()
                .map(word -> {
                    String[] parts = word.split(":", 2);
                    int id = Integer.parseInt(parts[0]);
                    return image.broker(id)
                            .orElseGet(() -> GivenCluster.broker(id, 0, Optional.empty()))
                            .withEpoch(Long.parseLong(parts[1]));
                })
                .toList();
    }
}
