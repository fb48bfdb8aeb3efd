package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Answer;
import io.regent.controller.Asks;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node does whose reign stands while its image is not what ZooKeeper holds. */
class RenewalTest extends LoopFixture {

    private static final int NODE = 2;

    private final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    private int epoch;

    @BeforeEach
    void rule() {
        start(NODE, Candidacy.ORDINARY, false, reign -> new ScriptedCore());
        tell(new StoreEvent.SessionBegan());
        beElected();
    }

    private void beElected() {
        epoch++;
        BrokerRegistration broker = new BrokerRegistration(1, 101, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
        ClusterImage image = ClusterImage.of(List.of(broker), List.of(), Set.of());
        tell(new StoreEvent.Elected(reign()));
        tell(new StoreEvent.Loaded(reign(), image, new TreeMap<>(), List.of()));
    }

    private Reign reign() {
        return new Reign(NODE, epoch, epoch);
    }

    private void collide() {
        asked.add(loop.ask(new Asks.Shutdown(1, Asks.ANY_EPOCH)));
        run();
        long ticket = store.commits.getLast().ticket();
        tell(new StoreEvent.CommitCollided(reign(), ticket, "NODEEXISTS at /brokers/topics/orders"));
    }

    @Test
    void aNodeThatMetAnothersWriteRulesOnWithoutLettingGoOfTheReign() {
        collide();

        assertThat(store.renewals).containsExactly(reign());
        assertThat(store.resignations).isEmpty();
        assertThat(link.endedReigns).isEqualTo(1);
        assertThat(loop.status().active()).isFalse();
        assertThat(asked).singleElement().matches(CompletableFuture::isCompletedExceptionally);

        tell(new StoreEvent.ControllerObserved(true, OptionalInt.of(NODE), true));
        beElected();
        assertThat(loop.status().active()).isTrue();
        assertThat(store.contests).as("contests in which another could win").isEqualTo(1);
    }

    @Test
    void aMendedZnodeIsReadWithoutLettingGoOfTheReign() {
        tell(new StoreEvent.ImageStale("znode /brokers/topics/orders has changed"));
        assertThat(store.renewals).containsExactly(reign());
        assertThat(store.resignations).isEmpty();
    }

    @Test
    void aCollisionOfAnEarlierReignIsOver() {
        Reign first = reign();
        collide();
        beElected();
        tell(new StoreEvent.CommitCollided(first, 0, "late"));
        assertThat(loop.status().active()).isTrue();
        assertThat(store.renewals).containsExactly(first);
    }

    @Test
    void aReignThatCollidesAgainAndAgainIsLeftToOthers() {
        for (int i = 0; i < ControllerLoop.MAX_RENEWALS; i++) {
            collide();
            beElected();
        }
        assertThat(store.renewals).hasSize(ControllerLoop.MAX_RENEWALS);
        assertThat(store.resignations).isEmpty();

        collide();
        assertThat(store.renewals).hasSize(ControllerLoop.MAX_RENEWALS);
        assertThat(store.resignations).containsExactly(reign());
    }
}
