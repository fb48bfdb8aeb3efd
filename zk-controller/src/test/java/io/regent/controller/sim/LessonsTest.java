package io.regent.controller.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Asks;
import io.regent.controller.Asks.Birth;
import io.regent.controller.Asks.NewTopic;
import io.regent.controller.Asks.TopicRef;
import io.regent.controller.Event;
import io.regent.controller.Outcome;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.znode.ControllerZnode;
import io.regent.metadata.znode.DeleteTopicsZnode;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import io.regent.metadata.znode.TopicZnode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What went wrong in Kafka's controllers, staged in a simulated cluster; whatever must never happen fails these, too. */
class LessonsTest {

    private static final PartitionId PARTITION = new PartitionId("t", 0);
    private static final long SESSION_MS = 6_000;
    private static final long PATIENCE_MS = 60_000;
    /** A world of three ordinary nodes in which no unclean leader is allowed. */
    private static final long SEED = firstSeedOfThree();

    private static AutoCloseable quiet;
    private SimWorld world;

    private static long firstSeedOfThree() {
        for (long seed = 1; seed < 100; seed++) {
            try (SimWorld world = new SimWorld(seed, false)) {
                boolean ordinary = world.nodes().values().stream()
                        .allMatch(node -> node.role().equals(SimRole.ORDINARY));
                if (ordinary && world.nodes().size() == 3 && !world.isUncleanAllowed()) {
                    return seed;
                }
            }
        }
        throw new IllegalStateException("no such world");
    }

    @BeforeAll
    static void sparesTheConsole() {
        quiet = SimTrace.quiet(false);
    }

    @AfterAll
    static void logsAgain() throws Exception {
        quiet.close();
    }

    @BeforeEach
    void start() {
        world = new SimWorld(SEED, false);
        await(() -> world.ruler().isPresent()
                && world.ruler().get().loop().status().image().brokers().size() == 3);
        ask(new Asks.CreateTopics(
                List.of(new NewTopic(
                        "t",
                        Asks.DEFAULT,
                        Asks.DEFAULT,
                        new TreeMap<>(Map.of(0, List.of(1, 2))),
                        Map.of(),
                        Outcome.OK,
                        new Birth(new TopicId(7, 7), 0))),
                false));
        await(() -> state() != null);
    }

    /** Whatever was staged must heal. */
    @AfterEach
    void heals() {
        try (SimWorld closed = world) {
            closed.heal();
        }
    }

    private void await(BooleanSupplier condition) {
        for (long waitedMs = 0; waitedMs < PATIENCE_MS && !condition.getAsBoolean(); waitedMs += 10) {
            world.pass(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private PartitionState state() {
        return world.witness().states().get(PARTITION);
    }

    private SimNode ruler() {
        return world.ruler().orElseThrow();
    }

    private void ask(Event.Ask ask) {
        await(() -> world.ruler().isPresent());
        world.ask(ruler().id(), ask);
    }

    private void awaitAnotherRulerThan(SimNode old) {
        await(() -> world.nodes().values().stream()
                .anyMatch(node ->
                        node != old && node.isRunning() && node.loop().status().active()));
    }

    private void create(String path, byte[] data) {
        world.zooKeeper().meddle(List.of(Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT)));
    }

    private static Asks.AlterReassignments move(int... target) {
        return new Asks.AlterReassignments(new TreeMap<>(Map.of(PARTITION, Optional.of(Replicas.of(target)))));
    }

    // KAFKA-1096, KAFKA-6082: the witness sees any write of the one who rules no more.
    @Test
    void aControllerThatWakesFromALongPauseNeitherRulesNorWrites() {
        SimNode old = ruler();
        old.process().pause();
        world.pass(SESSION_MS + 2_000);
        awaitAnotherRulerThan(old);
        world.ask(old.id(), move(2, 3));
        old.process().resume();
        await(() -> !old.loop().status().active());
    }

    // KAFKA-4447
    @Test
    void whatWaitsInTheQueueOfADeposedControllerIsNotActedOn() {
        SimNode old = ruler();
        old.process().pause();
        world.ask(old.id(), move(2, 3));
        world.ask(old.id(), new Asks.DeleteTopics(List.of(TopicRef.of("t"))));
        world.zooKeeper().meddle(List.of(Op.delete(ControllerZnode.PATH, -1)));
        awaitAnotherRulerThan(old);
        old.process().resume();
        world.pass(3_000);
        assertThat(world.witness().topics()).containsKey("t");
    }

    // KAFKA-13407, KAFKA-6584: its own old session still stands when it comes back.
    @Test
    void aNodeThatBouncesSettlesWhatItsFormerLifeLeft() {
        SimNode old = ruler();
        old.kill();
        old.start();
        await(() -> world.ruler().isPresent());
    }

    // KAFKA-4229
    @Test
    void aControllerWhoseSessionExpiresAgainAndAgainCanRuleAgain() {
        for (int i = 0; i < 6; i++) {
            ruler().session().expire();
            world.pass(500);
            await(() -> world.ruler().isPresent());
        }
    }

    // KAFKA-14845
    @Test
    void aNodeThatHearsNothingOfItsSessionTriesOn() {
        SimNode node = world.nodes().get(3);
        node.kill();
        node.start();
        for (int i = 0; i < 20; i++) {
            world.pass(2);
            node.session().breakOff(true);
        }
    }

    // KAFKA-2729, KAFKA-12751: the ISR shrinks and grows again, also when answers are lost.
    @Test
    void anIsrHealsAfterAnswersWereLost() {
        world.network().cut(1, 2);
        await(() -> state().isr().size() == 1);
        ruler().session().breakOff(true);
        world.network().mend(1, 2);
        await(() -> state().isr().size() == 2);
    }

    // KAFKA-14140
    @Test
    void aReplicaThatIsGoneIsNotInTheIsr() {
        world.nodes().get(2).kill();
        await(() -> state().isr().equals(Replicas.of(1)));
        world.pass(3_000);
        assertThat(state().isr()).isEqualTo(Replicas.of(1));
    }

    // KAFKA-9478
    @Test
    void aReassignmentThatCannotBeActedOnDoesNotBlockTheNext() {
        world.witness().targetIsAsked(PARTITION, Replicas.of(2, 3));
        for (PartitionId partition : List.of(new PartitionId("nobody", 4), PARTITION)) {
            create(
                    ReassignPartitionsZnode.PATH,
                    ReassignPartitionsZnode.encode(new TreeMap<>(Map.of(partition, Replicas.of(2, 3)))));
            await(() ->
                    world.zooKeeper().agreed().get(ReassignPartitionsZnode.PATH).isEmpty());
        }
        await(() ->
                world.witness().topics().get("t").assignments()[0].replicas().equals(Replicas.of(2, 3)));
    }

    // KAFKA-8249
    @Test
    void aTopicIsDeletedInTheMiddleOfItsReassignment() {
        world.nodes().get(3).kill();
        world.witness().targetIsAsked(PARTITION, Replicas.of(2, 3));
        ask(move(2, 3));
        world.witness().deletionIsAsked("t");
        create(DeleteTopicsZnode.path("t"), null);
        world.pass(2_000);
        world.nodes().get(3).start();
        await(() -> !world.witness().topics().containsKey("t"));
    }

    // KAFKA-1305, KAFKA-9189
    @Test
    void aNodeShutsDownInGoodOrderThoughZooKeeperIsAway() {
        SimNode node = ruler();
        world.zooKeeper().fail();
        node.stop();
        await(() -> !node.isUp());
        assertThat(node.loop().status().active()).isFalse();
        world.pass(2_000);
        assertThat(world.ruler()).isEmpty();
        world.zooKeeper().recover();
        await(() -> world.ruler().isPresent());
    }

    @Test
    void aTopicOfGarbageThatGoesWhileTheControllerIsDisconnectedIsForgotten() {
        create(TopicZnode.path("bad"), "garbage".getBytes(StandardCharsets.UTF_8));
        await(() -> ruler().loop().status().image().topic("bad").isPresent());
        SimNode old = ruler();
        old.session().setReachable(false);
        world.zooKeeper().meddle(List.of(Op.delete(TopicZnode.path("bad"), -1)));
        old.session().setReachable(true);
        await(() -> ruler().loop().status().image().topic("bad").isEmpty());
    }

    // Watches are set again after a reconnect, and tell nothing of what they missed.
    @Test
    void anOrderThatCameWhileTheControllerWasDisconnectedIsCarriedOut() {
        world.witness().deletionIsAsked("t");
        SimNode old = ruler();
        old.session().setReachable(false);
        create(DeleteTopicsZnode.path("t"), null);
        old.session().setReachable(true);
        await(() -> !world.witness().topics().containsKey("t"));
    }
}
