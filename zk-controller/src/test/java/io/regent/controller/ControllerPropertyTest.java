package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Asks.Birth;
import io.regent.controller.Asks.ElectionType;
import io.regent.controller.Asks.MorePartitions;
import io.regent.controller.Asks.NewTopic;
import io.regent.controller.Asks.PartitionChange;
import io.regent.controller.Asks.TopicRef;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order: the invariants hold, and ZooKeeper holds what the controller knows. */
class ControllerPropertyTest {

    private static final List<String> TOPICS = List.of("a", "b", "c");
    private static final int BROKERS = 4;
    private static final int MAX_PARTITIONS = 3;

    /** One random thing that happens; what it means depends on the cluster as it is then. */
    record Happening(int kind, int one, int other, boolean flag) {}

    /** A cluster after a history that was drawn by chance, for each of so many seeds. */
    private static void inEachWorld(int seeds, Predicate<SplittableRandom> unclean, Consumer<World> whatHolds) {
        for (int seed = 0; seed < seeds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            try {
                World world = new World(unclean.test(random));
                for (int left = random.nextInt(5, 61); left > 0; left--) {
                    world.happen(new Happening(
                            random.nextInt(16), random.nextInt(100), random.nextInt(100), random.nextBoolean()));
                }
                whatHolds.accept(world);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void invariantsHoldAndZooKeeperAgrees() {
        inEachWorld(400, SplittableRandom::nextBoolean, world -> {});
    }

    @Test
    void whenAllBrokersReturnEveryPartitionHasALeader() {
        inEachWorld(100, random -> false, world -> {
            world.allReturn();
            PartitionSet.ofAll(world.image).forEach(partition -> {
                if (!world.image.isBeingDeleted(partition.topic())) {
                    assertThat(world.image.state(partition).hasLeader())
                            .as("%s has a leader", partition)
                            .isTrue();
                }
            });
        });
    }

    @Test
    void whenAllReplicasCatchUpEveryReassignmentEnds() {
        inEachWorld(100, random -> true, world -> {
            world.allReturn();
            PartitionSet.ofAll(world.image).forEach(world::catchUp);
            PartitionSet.ofAll(world.image).forEach(partition -> {
                if (!world.image.isBeingDeleted(partition.topic())) {
                    assertThat(world.image.assignment(partition).isReassigning())
                            .as("%s is being reassigned", partition)
                            .isFalse();
                }
            });
            assertThat(world.image.reassignmentOrders()).isEmpty();
        });
    }

    /** A cluster to which things happen. */
    private static final class World {
        private final boolean unclean;
        private final ModelZooKeeper zooKeeper = new ModelZooKeeper();
        private final SortedMap<Integer, BrokerRegistration> brokers = new TreeMap<>();
        private ClusterImage image = ClusterImage.EMPTY;
        private Controller controller;
        private long nextEpoch = 100;
        private int reigns;

        World(boolean unclean) {
            this.unclean = unclean;
            for (int id = 1; id <= BROKERS; id++) {
                brokers.put(id, GivenCluster.broker(id, nextEpoch++, Optional.empty()));
            }
            takeOver();
        }

        private void takeOver() {
            ControllerSettings settings =
                    new ControllerSettings(unclean, 1, (short) 1, true, 10, ControllerSettings.DEFAULTS.features());
            controller = new Controller(settings, new Reign(1, ++reigns, reigns));
            ClusterImage loaded = zooKeeper.load(brokers.values());
            step(loaded, new Event.Elected(loaded));
        }

        void happen(Happening what) {
            switch (what.kind()) {
                case 0 -> brokers.remove(1 + what.one() % BROKERS);
                case 1, 2 -> start(1 + what.one() % BROKERS);
                case 3 -> takeOver();
                case 4 -> step(createTopic(what));
                case 5 ->
                    step(new Asks.ElectLeaders(
                            what.flag() && unclean ? ElectionType.UNCLEAN : ElectionType.PREFERRED, Optional.empty()));
                case 6 -> alter(what);
                case 7 -> step(new Asks.Shutdown(1 + what.one() % BROKERS, Asks.ANY_EPOCH));
                case 8 -> delete(what);
                case 9 ->
                    step(new Asks.CreatePartitions(
                            List.of(new MorePartitions(
                                    topic(what), 1 + what.other() % MAX_PARTITIONS, Optional.empty())),
                            false));
                case 10 -> reassign(what);
                case 11 -> order(what);
                case 13 -> writeIsr(what);
                case 14 ->
                    step(new Event.PreferredElectionsObserved(
                            List.of(new PartitionId(topic(what), what.other() % MAX_PARTITIONS)),
                            new ReadZnode("/admin/preferred_replica_election", 1, 0)));
                case 15 -> {
                    int id = 1 + what.one() % BROKERS;
                    step(new Asks.AllocateProducerIds(
                            id, image.broker(id).map(BrokerRegistration::epoch).orElse(0L)));
                }
                default -> logDirectories(what);
            }
            if (what.flag()) {
                step(new Event.BrokersObserved(List.copyOf(brokers.values())));
            }
        }

        void allReturn() {
            for (int id = 1; id <= BROKERS; id++) {
                start(id);
            }
            step(new Event.BrokersObserved(List.copyOf(brokers.values())));
        }

        /** All replicas are in sync, as the leader sees it. */
        void catchUp(PartitionId partition) {
            isr(partition, image.assignment(partition).replicas(), LeaderRecovery.RECOVERED);
        }

        private void start(int id) {
            brokers.put(id, GivenCluster.broker(id, nextEpoch++, Optional.empty()));
        }

        private static String topic(Happening what) {
            return TOPICS.get(what.one() % TOPICS.size());
        }

        private Event createTopic(Happening what) {
            NewTopic topic = new NewTopic(
                    topic(what),
                    1 + what.other() % MAX_PARTITIONS,
                    (short) (1 + what.other() % BROKERS),
                    new TreeMap<>(),
                    Map.of(),
                    Outcome.OK,
                    new Birth(new TopicId(nextEpoch++, 1), what.other()));
            return new Asks.CreateTopics(List.of(topic), false);
        }

        private void delete(Happening what) {
            if (what.flag()) {
                step(new Asks.DeleteTopics(List.of(TopicRef.of(topic(what)))));
            }
            int id = 1 + what.other() % BROKERS;
            image.broker(id)
                    .ifPresent(broker ->
                            step(new Event.StopReplicaAnswered(id, broker.epoch(), PartitionSet.ofAll(image))));
            step(new Event.DeletionsObserved(zooKeeper.markers()));
        }

        private void alter(Happening what) {
            PartitionId partition = new PartitionId(topic(what), what.other() % MAX_PARTITIONS);
            PartitionState state = image.state(partition);
            Replicas wanted = image.assignment(partition)
                    .replicas()
                    .filter(id -> id == state.leader() || (what.other() >> id & 1) == 1);
            isr(partition, wanted, state.recovery());
        }

        private void isr(PartitionId partition, Replicas wanted, LeaderRecovery recovery) {
            PartitionState state = image.state(partition);
            image.broker(state.leader())
                    .ifPresent(leader -> step(new Asks.AlterPartition(
                            leader.id(),
                            leader.epoch(),
                            List.of(new PartitionChange(
                                    TopicRef.of(partition.topic()),
                                    partition.partition(),
                                    state.leaderEpoch(),
                                    state.version(),
                                    wanted,
                                    recovery,
                                    Map.of())))));
        }

        /** A leader from before AlterPartition writes its ISR itself. */
        private void writeIsr(Happening what) {
            PartitionId partition = new PartitionId(topic(what), what.other() % MAX_PARTITIONS);
            PartitionState state = image.state(partition);
            Replicas wanted = image.assignment(partition)
                    .replicas()
                    .filter(id -> id == state.leader() || (image.isLive(id) && (what.other() >> id & 1) == 1));
            if (state.hasLeader() && state.isr().contains(state.leader())) {
                step(new Event.IsrChangesObserved(
                        List.of(new ReadZnode("/isr_change_notification/isr_change_1", 1, 0)),
                        new TreeMap<>(
                                Map.of(partition, state.withIsr(wanted, state.recovery(), state.controllerEpoch())))));
            }
        }

        private void reassign(Happening what) {
            PartitionId partition = new PartitionId(topic(what), what.other() % MAX_PARTITIONS);
            Optional<Replicas> target = what.other() % 5 == 0 ? Optional.empty() : Optional.of(target(what));
            step(new Asks.AlterReassignments(new TreeMap<>(Map.of(partition, target))));
        }

        private void order(Happening what) {
            PartitionId partition = new PartitionId(topic(what), what.other() % MAX_PARTITIONS);
            zooKeeper.order(
                    what.flag() ? Optional.empty() : Optional.of(new TreeMap<>(Map.of(partition, target(what)))));
            step(new Event.ReassignmentsObserved(zooKeeper.orders()));
        }

        /** Some brokers in some order; sometimes nobody, or one twice. */
        private static Replicas target(Happening what) {
            int size = what.other() % (BROKERS + 1);
            return Replicas.of(IntStream.range(0, size)
                    .map(i -> 1 + (what.one() + (what.other() % 7 == 0 ? i / 2 : i)) % BROKERS)
                    .toArray());
        }

        private void logDirectories(Happening what) {
            int id = 1 + what.one() % BROKERS;
            PartitionSet all = PartitionSet.ofAll(image);
            List<PartitionId> failed = new ArrayList<>();
            all.forEach(partition -> {
                if ((partition.partition() + what.other()) % 3 == 0) {
                    failed.add(partition);
                }
            });
            image.broker(id)
                    .ifPresent(broker -> step(new Event.LeaderAndIsrAnswered(
                            id, broker.epoch(), all.minus(PartitionSet.of(failed)), PartitionSet.of(failed))));
        }

        private void step(Event event) {
            step(image, event);
        }

        private void step(ClusterImage before, Event event) {
            zooKeeper.meddle(event);
            Decision decision = controller.step(before, event);
            Invariants.check(decision.delta().before(), decision, unclean);
            controller.commits(decision).forEachRemaining(commit -> zooKeeper.apply(commit.writes()));
            image = decision.image();
            ClusterImage loaded = zooKeeper.load(image.brokers().values());
            assertThat(image.topicNames()).isEqualTo(loaded.topicNames());
            assertThat(image.reassignmentOrders()).isEqualTo(loaded.reassignmentOrders());
            assertThat(image.producerIds()).isEqualTo(loaded.producerIds());
            for (String name : loaded.topicNames()) {
                assertThat(image.topic(name)).isEqualTo(loaded.topic(name));
            }
        }
    }
}
