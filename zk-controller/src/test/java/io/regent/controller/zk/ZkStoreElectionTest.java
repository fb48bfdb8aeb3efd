package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Reign;
import io.regent.controller.Write;
import io.regent.controller.loop.StoreEvent;
import io.regent.metadata.znode.ControllerZnode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ZkStoreElectionTest {

    private ZkFixture zk;

    private record Node(CuratorSession session, ZkStore store, StoreProbe probe) {}

    @BeforeEach
    void start() throws Exception {
        zk = new ZkFixture().withRoots();
    }

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }

    private Node node(int id) {
        return node(id, false);
    }

    private Node node(int id, boolean idIsOurs) {
        CuratorSession session = zk.session("node-" + id);
        ZkStore store = zk.own(new ZkStore(session, id, () -> idIsOurs));
        StoreProbe probe = new StoreProbe();
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
        return new Node(session, store, probe);
    }

    private static Reign win(Node node) {
        node.store().contest();
        return node.probe().awaitEvent(StoreEvent.Loaded.class).reign();
    }

    @Test
    void ofSeveralOneIsElected() {
        List<Node> nodes = new ArrayList<>();
        for (int id = 1; id <= 5; id++) {
            nodes.add(node(id));
        }
        nodes.forEach(node -> node.store().contest());

        StoreEvent.Lost lost = null;
        int winners = 0;
        for (Node node : nodes) {
            StoreEvent outcome = node.probe()
                    .awaitEvent(
                            StoreEvent.class,
                            event -> event instanceof StoreEvent.Elected || event instanceof StoreEvent.Lost);
            if (outcome instanceof StoreEvent.Lost one) {
                lost = one;
            } else {
                winners++;
            }
        }
        assertThat(winners).isEqualTo(1);
        assertThat(lost.owner()).isPresent();
    }

    @Test
    void theEpochOfAClusterBeginsAtOneAndRisesWithEachReign() throws Exception {
        Node first = node(1);
        Reign reign = win(first);
        assertThat(reign).isEqualTo(new Reign(1, 1, 1));
        assertThat(zk.read("/controller_epoch")).isEqualTo("1");
        assertThat(zk.stat("/controller").getEphemeralOwner()).isNotZero();
        assertThat(zk.read("/controller"))
                .matches("\\{\"version\":2,\"brokerid\":1,\"timestamp\":\"\\d+\",\"kraftControllerEpoch\":-1}");

        Node second = node(2);
        second.store().contest();
        assertThat(second.probe().awaitEvent(StoreEvent.Lost.class).owner()).isEqualTo(OptionalInt.of(1));

        first.store().resign(reign);
        second.probe().awaitEvent(StoreEvent.ControllerObserved.class, event -> !event.exists());
        assertThat(win(second)).isEqualTo(new Reign(2, 2, 2));
        second.probe().awaitEvent(StoreEvent.EpochObserved.class, event -> event.epoch() == 2);
    }

    /** KIP-866: even one of this broker's own id, which would be a left-over if it were not a KRaft controller's. */
    @Test
    void aClusterThatAKraftControllerHasTakenOverIsNotContested() throws Exception {
        String kraft = "{\"version\":2,\"brokerid\":1,\"timestamp\":\"1\",\"kraftControllerEpoch\":5}";
        zk.create("/controller", kraft);
        StoreProbe probe = new StoreProbe();
        ZkStore store = zk.own(new ZkStore(zk.session("zk-node"), 1, () -> true));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
        store.contest();
        assertThat(probe.awaitEvent(StoreEvent.Lost.class).owner()).isEqualTo(OptionalInt.of(1));
        assertThat(zk.read("/controller")).isEqualTo(kraft);
    }

    @Test
    void theReignIsTakenFromAControllerInOneStep() throws Exception {
        Node first = node(1);
        Reign old = win(first);
        Node preferred = node(9);

        preferred.store().supplant(1);

        Reign reign = preferred.probe().awaitEvent(StoreEvent.Loaded.class).reign();
        assertThat(reign).isEqualTo(new Reign(9, 2, 2));
        assertThat(zk.read("/controller")).contains("\"brokerid\":9");
        first.probe()
                .awaitEvent(
                        StoreEvent.ControllerObserved.class,
                        event -> event.owner().equals(OptionalInt.of(9)) && !event.ours());
        first.store().commit(old, 1, List.of(new Write.Create("/brokers/topics/ghost", ZkFixture.bytes("{}"))));
        first.probe().awaitEvent(StoreEvent.CommitFailed.class);
    }

    @Test
    void theReignIsNotTakenFromYetAnotherController() throws Exception {
        win(node(2));
        Node preferred = node(9);

        preferred.store().supplant(1);

        assertThat(preferred.probe().awaitEvent(StoreEvent.Lost.class).owner()).isEqualTo(OptionalInt.of(2));
        assertThat(zk.read("/controller_epoch")).isEqualTo("1");
        assertThat(zk.read("/controller")).contains("\"brokerid\":2");
    }

    // KAFKA-6082
    @Test
    void aDeposedControllerWritesNothing() throws Exception {
        Node deposed = node(1);
        Reign old = win(deposed);
        zk.delete("/controller");
        Reign reign = win(node(2));

        deposed.store().commit(old, 7, List.of(new Write.Create("/brokers/topics/ghost", ZkFixture.bytes("{}"))));

        StoreEvent.CommitFailed failed = deposed.probe().awaitEvent(StoreEvent.CommitFailed.class);
        assertThat(failed.ticket()).isEqualTo(7);
        assertThat(failed.reason()).contains("fenced");
        assertThat(zk.exists("/brokers/topics/ghost")).isFalse();
        assertThat(reign.epoch()).isEqualTo(2);
    }

    @Test
    void aDeposedControllerDoesNotResignForItsSuccessor() throws Exception {
        Node deposed = node(1);
        Reign old = win(deposed);
        zk.delete("/controller");
        win(node(2));
        long successor = zk.stat("/controller").getCzxid();

        deposed.store().resign(old);
        // The session serves in order: when this read is answered, the resignation was.
        deposed.store().contest();
        deposed.probe().awaitEvent(StoreEvent.Lost.class);

        assertThat(zk.stat("/controller").getCzxid()).isEqualTo(successor);
    }

    // KAFKA-13407
    @Test
    void aControllerZnodeOfThisSessionOnWhichNobodyRulesIsSettled() throws Exception {
        Node node = node(1);
        win(node);
        node.probe().forget();

        // The loop contests only where no reign runs.
        assertThat(win(node)).isEqualTo(new Reign(1, 2, 2));
        assertThat(zk.read("/controller_epoch")).isEqualTo("2");
    }

    @Test
    void aControllerZnodeOfAnEarlierLifeIsReplacedOnceTheIdIsOurs() throws Exception {
        zk.createEphemeral("/controller", new String(ControllerZnode.encode(1, 0), StandardCharsets.UTF_8));
        zk.create("/controller_epoch", "4");

        Node notYet = node(1, false);
        notYet.store().contest();
        assertThat(notYet.probe().awaitEvent(StoreEvent.Lost.class).owner()).isEqualTo(OptionalInt.of(1));

        assertThat(win(node(1, true)).epoch()).isEqualTo(5);
    }

    @Test
    void anUnreadableControllerEpochFailsTheContestUntilItIsMended() throws Exception {
        zk.create("/controller_epoch", "garbage");
        Node node = node(1);
        node.store().contest();
        assertThat(node.probe().awaitEvent(StoreEvent.ContestFailed.class).reason())
                .contains("/controller_epoch")
                .contains("garbage");

        zk.set("/controller_epoch", "17");
        node.probe().awaitEvent(StoreEvent.EpochObserved.class, event -> event.epoch() == 17);
        assertThat(win(node).epoch()).isEqualTo(18);
    }

    @Test
    void anUnreadableControllerIsSomebodysUntilItIsGone() throws Exception {
        zk.create("/controller", "garbage");
        Node node = node(1);
        node.store().contest();
        assertThat(node.probe().awaitEvent(StoreEvent.Lost.class).owner()).isEmpty();

        zk.delete("/controller");
        node.probe().awaitEvent(StoreEvent.ControllerObserved.class, event -> !event.exists());
        assertThat(win(node).epoch()).isEqualTo(1);
    }

    @Test
    void aSessionThatExpiredIsANewLife() throws Exception {
        Node node = node(1);
        win(node);
        node.probe().forget();

        zk.expire(node.session());

        node.probe().awaitEvent(StoreEvent.SessionExpired.class);
        node.probe().awaitEvent(StoreEvent.SessionBegan.class);
        assertThat(win(node).epoch()).isEqualTo(2);
    }
}
