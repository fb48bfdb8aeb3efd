package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Controller;
import io.regent.controller.ControllerSettings;
import io.regent.controller.Event;
import io.regent.controller.Reign;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a reign says before it has read the cluster, and how the parts of a decision are written. */
class FirstWordTest {

    private static final Reign REIGN = new Reign(2, 5, 4);

    private final FakeStore store = new FakeStore();
    private final FakeLink link = new FakeLink();
    private final VirtualTimers timers = new VirtualTimers();
    private final ReignClock clock = new ReignClock(new Timeline(2), timers, new ControllerMetrics());
    private final Ruling ruling = new Ruling(
            REIGN,
            Core.of(new Controller(ControllerSettings.DEFAULTS, REIGN)),
            new Ports(store, link, new FakePeers(), timers),
            clock);

    private static BrokerRegistration broker(int id) {
        return new BrokerRegistration(id, 100 + id, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
    }

    @Test
    void brokersAreToldWhoRulesWhileTheClusterIsStillRead() {
        ruling.tellWhoRules(List.of(broker(1), broker(3)));

        assertThat(link.brokers).containsExactly(1, 3);
        assertThat(link.announced).singleElement().satisfies(told -> {
            assertThat(told.updateMetadata()).isEqualTo(Map.of(1, PartitionSet.EMPTY, 3, PartitionSet.EMPTY));
            assertThat(told.image().brokers()).containsOnlyKeys(1, 3);
            assertThat(told.leaderAndIsr()).isEmpty();
        });
    }

    @Test
    void aNodeThatMeetsBrokersOnlyAfterItWasElectedTellsThemThen() {
        ruling.tellWhoRules(List.of());
        assertThat(link.announced).isEmpty();

        ruling.offer(new Event.BrokersObserved(List.of(broker(1))));

        assertThat(link.brokers).containsExactly(1);
        assertThat(link.announced).hasSize(1);
    }
}
