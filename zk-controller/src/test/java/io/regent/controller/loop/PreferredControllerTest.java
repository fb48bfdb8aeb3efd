package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which nodes want the reign: those that take it from others, those that wait for it, and those that never rule. */
class PreferredControllerTest extends LoopFixture {

    private static final int NODE = 9;

    private void start(Candidacy candidacy) {
        start(NODE, candidacy, false, reign -> new ScriptedCore());
        tell(new StoreEvent.SessionBegan());
    }

    private static StoreEvent preferred(Integer... nodes) {
        return new StoreEvent.PreferredObserved(Set.of(nodes));
    }

    private static StoreEvent heldBy(int owner) {
        return new StoreEvent.ControllerObserved(true, OptionalInt.of(owner), false);
    }

    private static StoreEvent lostTo(int owner) {
        return new StoreEvent.Lost(OptionalInt.of(owner));
    }

    @Test
    void aPreferredNodeTakesTheReignFromOneThatIsNot() {
        start(Candidacy.PREFERRED);
        tell(preferred(NODE), lostTo(1));
        assertThat(store.supplanted).containsExactly(1);

        tell(new StoreEvent.Elected(new Reign(NODE, 6, 6)));
        assertThat(loop.status().controllerId()).hasValue(NODE);
        assertThat(store.supplanted).hasSize(1);
    }

    @Test
    void itTakesNothingBeforeOthersCanSeeThatItIsPreferred() {
        start(Candidacy.PREFERRED);
        tell(lostTo(1), preferred(7));
        assertThat(store.supplanted).isEmpty();

        tell(preferred(7, NODE));
        assertThat(store.supplanted).containsExactly(1);
    }

    @Test
    void itLeavesTheReignToAnotherPreferredNode() {
        start(Candidacy.PREFERRED);
        tell(preferred(1, NODE), lostTo(1), heldBy(1));
        assertThat(store.supplanted).isEmpty();

        tell(heldBy(2));
        assertThat(store.supplanted).containsExactly(2);
    }

    @Test
    void itTakesTheReignFromANodeThatIsNotPreferredAnyMore() {
        start(Candidacy.PREFERRED);
        tell(preferred(1, NODE), lostTo(1), preferred(NODE));
        assertThat(store.supplanted).containsExactly(1);
    }

    @Test
    void itLeavesAControllerThatCannotBeRead() {
        start(Candidacy.PREFERRED);
        tell(preferred(NODE), new StoreEvent.Lost(OptionalInt.empty()));
        assertThat(store.supplanted).isEmpty();
    }

    @Test
    void anOrdinaryNodeTakesNothing() {
        start(Candidacy.ORDINARY);
        tell(preferred(NODE), lostTo(1), heldBy(1));
        assertThat(store.supplanted).isEmpty();
    }

    @Test
    void aReignThatItKeepsLosingIsLeftToOthersForAWhile() {
        start(Candidacy.PREFERRED);
        tell(preferred(NODE));
        for (int i = 0; i < 2 * Preference.MAX_TAKEOVERS; i++) {
            tell(lostTo(1));
        }
        assertThat(store.supplanted).hasSize(Preference.MAX_TAKEOVERS);

        timers.pass(Preference.WINDOW_MS);
        run();
        assertThat(store.supplanted).hasSize(Preference.MAX_TAKEOVERS + 1);
    }

    @Test
    void aNodeThatNeverRulesContestsNothing() {
        start(Candidacy.NEVER);
        tell(heldBy(1), new StoreEvent.ControllerObserved(false, OptionalInt.empty(), false));
        timers.pass(60_000);
        run();
        assertThat(store.contests).isZero();
        assertThat(loop.status().controllerId()).isEmpty();

        tell(heldBy(2));
        assertThat(loop.status().controllerId()).hasValue(2);
    }

    @Test
    void theDeathOfAControllerThatIsNoBrokerIsNoticedByEveryNode() {
        start(Candidacy.NEVER);
        tell(
                new StoreEvent.BrokersObserved(List.of(node(1))),
                new StoreEvent.ControllersObserved(List.of(node(5))),
                heldBy(5));
        assertThat(peers.watched).containsExactly(1, 5);

        peers.die(5, 105);
        run();
        assertThat(store.deposed).containsExactly(5);
    }

    private static BrokerRegistration node(int id) {
        return new BrokerRegistration(id, 100 + id, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
    }
}
