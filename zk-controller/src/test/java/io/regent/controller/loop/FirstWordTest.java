package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Controller;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a reign says before it has read the cluster. */
class FirstWordTest extends LoopFixture {

    private static final int NODE = 2;
    private static final Reign REIGN = new Reign(NODE, 5, 4);

    @BeforeEach
    void start() {
        start(NODE, Candidacy.ORDINARY, false, reign -> Core.of(new Controller(ControllerSettings.DEFAULTS, reign)));
        tell(new StoreEvent.SessionBegan());
    }

    private static StoreEvent.BrokersObserved observed(int... ids) {
        return new StoreEvent.BrokersObserved(
                IntStream.of(ids).mapToObj(FirstWordTest::broker).toList());
    }

    private static BrokerRegistration broker(int id) {
        return new BrokerRegistration(id, 100 + id, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
    }

    @Test
    void brokersAreToldWhoRulesWhileTheClusterIsStillRead() {
        tell(observed(1, 3), new StoreEvent.Elected(REIGN));

        assertThat(link.brokers).containsExactly(1, 3);
        assertThat(link.announced).singleElement().satisfies(told -> {
            assertThat(told.updateMetadata()).isEqualTo(Map.of(1, PartitionSet.EMPTY, 3, PartitionSet.EMPTY));
            assertThat(told.image().brokers()).containsOnlyKeys(1, 3);
            assertThat(told.leaderAndIsr()).isEmpty();
        });
    }

    @Test
    void aNodeThatMeetsBrokersOnlyAfterItWasElectedTellsThemThen() {
        tell(new StoreEvent.Elected(REIGN));
        assertThat(link.announced).isEmpty();

        tell(observed(1));

        assertThat(link.brokers).containsExactly(1);
        assertThat(link.announced).hasSize(1);
    }

    @Test
    void aBrokerThatWasSeenToDieIsNotNamedThoughItIsRegisteredStill() {
        tell(observed(1, 3), new StoreEvent.Elected(REIGN));
        peers.die(3, 103);
        run();

        tell(observed(1, 3));

        assertThat(link.announced.getLast().image().brokers()).containsOnlyKeys(1);
    }
}
