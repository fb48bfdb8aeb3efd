package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.ControllerSettings;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node does when it sees another's process die: it writes that into ZooKeeper, as far as it is its own to do. */
class DeathNoticeTest {

    private static final int NODE = 1;
    private static final Reign REIGN = new Reign(NODE, 5, 9);

    private final FakeStore store = new FakeStore();
    private final FakePeers peers = new FakePeers();
    private final ControllerMetrics metrics = new ControllerMetrics();
    private ControllerLoop loop;

    @BeforeEach
    void start() {
        NodeSettings settings = new NodeSettings(NODE, ControllerSettings.DEFAULTS, false, 300_000);
        Ports ports = new Ports(store, new FakeLink(), peers, new VirtualTimers());
        loop = new ControllerLoop(settings, ports, metrics, () -> {}, reign -> new ScriptedCore());
        loop.start();
        tell(new StoreEvent.SessionBegan(), observed(1, 2, 3));
    }

    @AfterEach
    void stop() {
        metrics.close();
    }

    private void tell(StoreEvent... events) {
        for (StoreEvent event : events) {
            store.tell(event);
        }
        run();
    }

    private void run() {
        int turns = 0;
        while (loop.turn()) {
            assertThat(turns++).as("turns of a loop that never rests").isLessThan(100);
        }
    }

    private void die(int brokerId) {
        peers.die(brokerId, epochOf(brokerId));
        run();
    }

    private void follow(int owner) {
        tell(new StoreEvent.Lost(OptionalInt.of(owner)));
    }

    private void rule() {
        tell(
                new StoreEvent.Elected(REIGN),
                new StoreEvent.Loaded(REIGN, ClusterImage.of(brokers(1, 2, 3), List.of(), Set.of()), List.of()));
    }

    @Test
    void everyRegisteredBrokerIsWatchedWhoeverRules() {
        assertThat(peers.watched).containsExactly(1, 2, 3);
        tell(observed(1, 3));
        assertThat(peers.watched).containsExactly(1, 3);
    }

    @Test
    void aFollowerDeposesTheControllerThatDied() {
        follow(2);
        die(2);
        assertThat(store.deposed).containsExactly(2);
        assertThat(store.evicted).isEmpty();
    }

    @Test
    void aFollowerLeavesOtherDeadBrokersToTheController() {
        follow(2);
        die(3);
        assertThat(store.deposed).isEmpty();
        assertThat(store.evicted).isEmpty();
    }

    @Test
    void theControllerEvictsABrokerThatDied() {
        rule();
        die(3);
        assertThat(store.evicted).containsExactly(3);
        assertThat(store.deposed).isEmpty();
    }

    @Test
    void aNewReignEvictsWhoeverDiedBeforeItLoadsTheCluster() {
        follow(2);
        die(2);
        die(3);
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        tell(new StoreEvent.Elected(REIGN));
        assertThat(store.evicted).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void aBrokerThatLivesAgainIsNotEvictedForItsFormerLife() {
        follow(2);
        die(3);
        tell(new StoreEvent.BrokersObserved(List.of(broker(1, epochOf(1)), broker(3, epochOf(3) + 1))));
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        rule();
        assertThat(store.evicted).isEmpty();
    }

    @Test
    void aControllerWhoseDeathWasSeenBeforeItsElectionIsDeposedWhenItIsKnown() {
        follow(3);
        die(2);
        assertThat(store.deposed).isEmpty();
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        follow(2);
        assertThat(store.deposed).containsExactly(2);
    }

    private static StoreEvent.BrokersObserved observed(int... ids) {
        return new StoreEvent.BrokersObserved(brokers(ids));
    }

    private static List<BrokerRegistration> brokers(int... ids) {
        return Arrays.stream(ids).mapToObj(id -> broker(id, epochOf(id))).toList();
    }

    private static long epochOf(int id) {
        return 100L + id;
    }

    private static BrokerRegistration broker(int id, long epoch) {
        return new BrokerRegistration(id, epoch, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
    }
}
