package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.PartitionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a controller's store promises, over ZooKeeper itself and over the one that is simulated. */
abstract class CoordinationStoreContract {

    private static final String TOPIC =
            "{\"partitions\":{\"0\":[1,2]},\"topic_id\":\"WdYo0njZQ7q8V4Qbzl5IYA\",\"adding_replicas\":{},"
                    + "\"removing_replicas\":{},\"version\":3}";
    private static final String STATE =
            "{\"controller_epoch\":1,\"leader\":1,\"version\":1,\"leader_epoch\":4,\"isr\":[1,2]}";

    private final List<ZkStore> stores = new ArrayList<>();
    private ZkWorld world;
    private ZkHandle tool;

    abstract ZkWorld open();

    @BeforeEach
    void start() {
        world = open();
        tool = world.handle(world.session("tool"));
    }

    @AfterEach
    void stop() {
        stores.forEach(ZkStore::close);
        world.close();
    }

    /** A node, and what its store has told. */
    private final class Node {
        private final ZkSession session;
        private final ZkStore store;
        private final List<StoreEvent> told = new CopyOnWriteArrayList<>();

        Node(int id) {
            session = world.session("node-" + id);
            store = new ZkStore(session, id, () -> false);
            stores.add(store);
            store.start(told::add);
            await(StoreEvent.SessionBegan.class, began -> true);
        }

        <T extends StoreEvent> T await(Class<T> type, Predicate<T> wanted) {
            world.await(() -> all(type).stream().anyMatch(wanted));
            return all(type).stream().filter(wanted).findFirst().orElseThrow();
        }

        <T extends StoreEvent> List<T> all(Class<T> type) {
            return told.stream().filter(type::isInstance).map(type::cast).toList();
        }

        StoreEvent.Loaded load() {
            told.clear();
            store.contest();
            return await(StoreEvent.Loaded.class, loaded -> true);
        }

        Reign win() {
            return load().reign();
        }

        void commit(Reign reign, long ticket, Write... writes) {
            store.commit(reign, ticket, List.of(writes));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Write create(String path) {
        return new Write.Create(path, bytes("x"));
    }

    private void make(String path, String data) {
        world.get(tool.create(path, bytes(data), CreateMode.PERSISTENT));
    }

    private void set(String path, String data) {
        world.get(tool.set(path, bytes(data), -1));
    }

    private void delete(String path) {
        world.get(tool.multi(List.of(Op.delete(path, -1))));
    }

    private void makeTopic(String name, String state) {
        make("/brokers/topics/" + name, TOPIC);
        make("/brokers/topics/" + name + "/partitions", "");
        make("/brokers/topics/" + name + "/partitions/0", "");
        make("/brokers/topics/" + name + "/partitions/0/state", state);
    }

    private boolean exists(String path) {
        world.get(tool.sync(path));
        return world.get(tool.read(path)).isPresent();
    }

    @Test
    void ofSeveralThatContestOneWinsAndEachReignHasAHigherEpoch() {
        Node one = new Node(1);
        Node other = new Node(2);
        Reign first = one.win();
        assertThat(first).isEqualTo(new Reign(1, 1, 1));
        other.store.contest();
        assertThat(other.await(StoreEvent.Lost.class, lost -> true).owner()).isEqualTo(OptionalInt.of(1));

        other.told.clear();
        one.store.resign(first);
        other.await(StoreEvent.ControllerObserved.class, seen -> !seen.exists());
        assertThat(other.win()).isEqualTo(new Reign(2, 2, 2));
    }

    // KAFKA-6082
    @Test
    void aDeposedControllerWritesNothingAndConfirmsNothing() {
        Node deposed = new Node(1);
        Reign old = deposed.win();
        delete("/controller");
        new Node(2).win();

        deposed.commit(old, 7);
        deposed.commit(old, 8, create("/brokers/topics/ghost"));

        assertThat(deposed.await(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 7)
                        .reason())
                .contains("fenced");
        // The session serves in order: when this is answered, the write was.
        world.get(world.handle(deposed.session).sync("/"));
        assertThat(deposed.all(StoreEvent.Committed.class)).isEmpty();
        assertThat(exists("/brokers/topics/ghost")).isFalse();
    }

    @Test
    void commitsAreWholeAndToldDurableInOrder() {
        Node node = new Node(1);
        Reign reign = node.win();
        for (int ticket = 0; ticket < 20; ticket++) {
            node.commit(
                    reign,
                    ticket,
                    create("/brokers/topics/t" + ticket),
                    new Write.Ensure("/brokers/topics/t" + ticket + "/partitions"));
        }
        node.commit(reign, 20, new Write.DeleteTree("/brokers/topics/t0"));
        node.commit(reign, 21);
        node.await(StoreEvent.Committed.class, done -> done.ticket() == 21);
        assertThat(node.all(StoreEvent.Committed.class))
                .extracting(StoreEvent.Committed::ticket)
                .isSorted()
                .hasSize(22);
        assertThat(exists("/brokers/topics/t19/partitions")).isTrue();
        assertThat(exists("/brokers/topics/t0")).isFalse();
    }

    @Test
    void aRefusedCommitLeavesNothingBehindAndNoLaterOneIsToldDurable() {
        make("/brokers/topics/t", TOPIC);
        Node node = new Node(1);
        Reign reign = node.win();
        node.commit(reign, 0, create("/brokers/topics/u"), new Write.Set("/brokers/topics/t", bytes("y"), 7));
        for (int ticket = 1; ticket < 20; ticket++) {
            node.commit(reign, ticket, create("/brokers/topics/t" + ticket));
        }
        assertThat(node.await(StoreEvent.CommitCollided.class, collided -> collided.ticket() == 0)
                        .reason())
                .contains("BADVERSION")
                .contains("/brokers/topics/t");
        node.await(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 19);
        assertThat(node.all(StoreEvent.Committed.class)).isEmpty();
        assertThat(exists("/brokers/topics/u")).isFalse();
    }

    @Test
    void aConnectionThatBreaksCostsNobodyTheReign() {
        Node node = new Node(1);
        Reign reign = node.win();
        List<ZkHandle> again = new CopyOnWriteArrayList<>();
        node.session.addListener(new ZkSession.Listener() {
            @Override
            public void began(ZkHandle handle) {}

            @Override
            public void reconnected(ZkHandle handle) {
                again.add(handle);
            }
        });
        world.withoutConnection(node.session, () -> {});
        world.await(() -> !again.isEmpty());
        node.commit(reign, 0, create("/brokers/topics/t"));
        node.await(StoreEvent.Committed.class, done -> done.ticket() == 0);
        assertThat(node.all(StoreEvent.SessionExpired.class)).isEmpty();
    }

    @Test
    void aSessionThatExpiredEndsTheReignAndTheNextIsANewLife() {
        Node node = new Node(1);
        Reign reign = node.win();
        world.expire(node.session);
        node.await(StoreEvent.SessionExpired.class, expired -> true);
        node.await(StoreEvent.SessionBegan.class, began -> true);
        node.commit(reign, 3, create("/brokers/topics/ghost"));
        node.await(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 3);
        assertThat(node.win().epoch()).isEqualTo(2);
        assertThat(exists("/brokers/topics/ghost")).isFalse();
    }

    @Test
    void aClusterIsLoadedWithWhatCannotBeReadMarked() {
        makeTopic("good", STATE);
        makeTopic("bad", "garbage");
        make("/brokers/topics/worse", "garbage");
        make("/admin/delete_topics/doomed", "");
        StoreEvent.Loaded loaded = new Node(1).load();
        assertThat(loaded.image().state(new PartitionId("good", 0)).leaderEpoch())
                .isEqualTo(4);
        assertThat(loaded.image().state(new PartitionId("bad", 0)).isUnreadable())
                .isTrue();
        assertThat(loaded.image().topic("worse").orElseThrow().isUnreadable()).isTrue();
        assertThat(loaded.image().deletions()).containsOnlyKeys("doomed");
        assertThat(loaded.unreadable()).hasSize(2);
    }

    // What was missed while disconnected is not replayed, and must be looked for.
    @Test
    void whatWasOrderedAndMendedWhileDisconnectedIsLearned() {
        makeTopic("bad", "garbage");
        Node node = new Node(1);
        Reign reign = node.win();
        world.withoutConnection(node.session, () -> {
            make("/admin/delete_topics/missed", "");
            set("/brokers/topics/bad/partitions/0/state", STATE);
        });
        node.await(
                StoreEvent.Observed.class,
                seen -> seen.event() instanceof Event.DeletionsObserved observed
                        && observed.topics().contains("missed"));
        node.await(StoreEvent.ImageStale.class, stale -> stale.reason().contains("/brokers/topics/bad"));
        node.commit(reign, 0);
        node.await(StoreEvent.Committed.class, done -> done.ticket() == 0);
    }

    private static boolean isAbout(Event event, String topic) {
        return switch (event) {
            case Event.DeletionsObserved deletions -> deletions.topics().contains(topic);
            case Event.TopicsObserved topics ->
                topics.topics().stream().anyMatch(seen -> seen.name().equals(topic));
            default -> false;
        };
    }

    @Test
    void theOrderToDeleteATopicIsToldAfterTheTopicThatCameRightBeforeIt() {
        Node node = new Node(1);
        node.win();
        for (int i = 0; i < 10; i++) {
            String topic = "t" + i;
            world.get(tool.create("/brokers/topics/" + topic, bytes(TOPIC), CreateMode.PERSISTENT)
                    .thenCombine(
                            tool.create("/admin/delete_topics/" + topic, bytes(""), CreateMode.PERSISTENT),
                            (one, other) -> true));
            node.await(
                    StoreEvent.Observed.class,
                    seen -> seen.event() instanceof Event.DeletionsObserved observed
                            && observed.topics().contains(topic));
            List<Event> told = node.all(StoreEvent.Observed.class).stream()
                    .map(StoreEvent.Observed::event)
                    .filter(event -> isAbout(event, topic))
                    .toList();
            assertThat(told.get(0)).as("what comes first of %s", topic).isInstanceOf(Event.TopicsObserved.class);
        }
    }

    @Test
    void aDeathRemovesWhoDiedAndNobodyElse() {
        make("/brokers/ids/2", "{}");
        long czxid = world.get(tool.read("/brokers/ids/2")).orElseThrow().czxid();
        Node ruler = new Node(1);
        Reign reign = ruler.win();
        Node standby = new Node(3);
        standby.await(StoreEvent.ControllerObserved.class, StoreEvent.ControllerObserved::exists);
        standby.await(StoreEvent.EpochObserved.class, seen -> seen.epoch() == reign.epoch());

        ruler.store.evict(reign, 2, czxid - 1);
        standby.store.depose(7);
        standby.store.contest();
        standby.await(StoreEvent.Lost.class, lost -> true);
        ruler.commit(reign, 0);
        ruler.await(StoreEvent.Committed.class, done -> done.ticket() == 0);
        assertThat(exists("/brokers/ids/2")).isTrue();

        ruler.store.evict(reign, 2, czxid);
        world.await(() -> !exists("/brokers/ids/2"));
        standby.store.depose(1);
        standby.await(StoreEvent.ControllerObserved.class, seen -> !seen.exists());
    }

    @Test
    void aStandbySucceedsTheDeadInOneStepAndFencesWhoeverLivesAfterAll() {
        Node ruler = new Node(1);
        Reign old = ruler.win();
        Node standby = new Node(3);
        standby.await(StoreEvent.ControllerObserved.class, StoreEvent.ControllerObserved::exists);
        standby.await(StoreEvent.EpochObserved.class, seen -> seen.epoch() == old.epoch());

        standby.store.succeed(1);

        Reign next = standby.await(StoreEvent.Loaded.class, loaded -> true).reign();
        assertThat(next).isEqualTo(new Reign(3, old.epoch() + 1, old.epochVersion() + 1));
        ruler.commit(old, 0, create("/brokers/topics/ghost"));
        ruler.await(StoreEvent.CommitFailed.class, failed -> failed.ticket() == 0);
    }

    @Test
    void nobodySucceedsAControllerThatDoesNotRule() {
        Node ruler = new Node(1);
        Reign reign = ruler.win();
        Node standby = new Node(3);
        standby.await(StoreEvent.ControllerObserved.class, StoreEvent.ControllerObserved::exists);

        standby.store.succeed(7);

        standby.await(StoreEvent.Lost.class, lost -> lost.owner().equals(OptionalInt.of(1)));
        ruler.commit(reign, 0);
        ruler.await(StoreEvent.Committed.class, done -> done.ticket() == 0);
    }
}
