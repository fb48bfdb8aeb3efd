package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node does when it sees another's process die: it writes that into ZooKeeper, as far as it is its own to do. */
class DeathNoticeTest extends LoopFixture {

    private static final int NODE = 1;
    private static final Reign REIGN = new Reign(NODE, 5, 9);

    private final ScriptedCore core = new ScriptedCore();

    @BeforeEach
    void start() {
        start(NODE, Candidacy.ORDINARY, false, reign -> core);
        tell(new StoreEvent.SessionBegan(), observed(1, 2, 3));
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
                new StoreEvent.Loaded(
                        REIGN, ClusterImage.of(brokers(1, 2, 3), List.of(), Set.of()), new TreeMap<>(), List.of()));
    }

    @Test
    void everyRegisteredBrokerIsWatchedWhoeverRules() {
        assertThat(peers.watched).containsExactly(1, 2, 3);
        tell(observed(1, 3));
        assertThat(peers.watched).containsExactly(1, 3);
    }

    @Test
    void aFollowerTakesThePlaceOfTheControllerThatDied() {
        follow(2);
        die(2);
        assertThat(store.succeeded).containsExactly(2);
        assertThat(store.deposed).isEmpty();
        assertThat(store.evicted).isEmpty();
    }

    @Test
    void aFollowerLeavesOtherDeadBrokersToTheController() {
        follow(2);
        die(3);
        assertThat(store.deposed).isEmpty();
        assertThat(store.succeeded).isEmpty();
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
    void aNewReignElectsWithoutTheDeadThoughTheyAreRegisteredStill() {
        follow(2);
        die(2);
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        rule();
        assertThat(core.steps.getFirst())
                .isInstanceOfSatisfying(
                        Event.Elected.class,
                        elected -> assertThat(elected.loaded().brokers()).containsOnlyKeys(1, 3));
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

    @Test
    void aControllerThatWinsAgainAfterItWasDeposedLivesAndIsLeftAlone() {
        tell(new StoreEvent.EpochObserved(5));
        follow(2);
        die(2);
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        tell(new StoreEvent.EpochObserved(6));
        follow(2);
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        follow(2);
        assertThat(store.succeeded).containsExactly(2);
        assertThat(store.deposed).isEmpty();
    }

    @Test
    void aControllerWhoseDeposingCameToNothingIsDeposedAgain() {
        tell(new StoreEvent.EpochObserved(5));
        follow(2);
        die(2);
        follow(2);
        assertThat(store.succeeded).containsExactly(2);
        assertThat(store.deposed).containsExactly(2);
    }

    @Test
    void aBrokerThatOnlyStoodStillIsNotEvictedByTheNextReign() {
        follow(2);
        die(3);
        peers.revive(3, epochOf(3));
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        rule();
        assertThat(store.evicted).isEmpty();
    }

    @Test
    void anEarlierLifeThatAnswersAgainRevokesNoLaterDeath() {
        follow(2);
        die(3);
        peers.revive(3, epochOf(3) - 1);
        tell(new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        rule();
        assertThat(store.evicted).containsExactly(3);
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
