package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObservationTest {
    private static final Endpoint TELLER = new Endpoint(1, "127.0.0.1", 9092);

    private static Observation seen(int leader, Set<Integer> isr) {
        return new Observation(
                TELLER,
                new ControllerSeat(1, 1),
                Map.of(1, TELLER, 2, new Endpoint(2, "127.0.0.1", 9093)),
                Map.of(0, new Observation.Led(leader, Set.of(1, 2), isr)));
    }

    @Test
    void aPartitionWithoutALeaderHasNotMoved() {
        assertThat(seen(-1, Set.of(2)).ledWithout(2, 1)).isFalse();
        assertThat(seen(2, Set.of(2)).ledWithout(2, 1)).isFalse();
        assertThat(seen(1, Set.of(1)).ledWithout(2, 1)).isTrue();
    }

    @Test
    void aPartitionThatTheTellerDoesNotKnowYetCountsAsNotMoved() {
        assertThat(seen(1, Set.of(1)).ledWithout(2, 2)).isFalse();
        assertThat(seen(1, Set.of(1, 2)).healthy(2)).isFalse();
    }

    @Test
    void aBrokerIsInSyncWhenEveryReplicaOfItIs() {
        assertThat(seen(1, Set.of(1)).inSync(2, 1)).isFalse();
        assertThat(seen(1, Set.of(1, 2)).inSync(2, 1)).isTrue();
        assertThat(seen(1, Set.of(1, 2)).inSync(3, 1)).isFalse();
    }

    @Test
    void theFollowerThatLeadsMostIsKilledAndNeverTheController() {
        Observation seen = new Observation(
                TELLER,
                new ControllerSeat(1, 1),
                Map.of(1, TELLER, 2, new Endpoint(2, "127.0.0.1", 9093), 3, new Endpoint(3, "127.0.0.1", 9094)),
                Map.of(0, led(1), 1, led(1), 2, led(3)));

        assertThat(seen.leadsMostBesides(1)).hasValue(3);
        assertThat(seen.leadsMostBesides(3)).hasValue(1);
        assertThat(seen(1, Set.of(1)).leadsMostBesides(1)).hasValue(2);
    }

    private static Observation.Led led(int leader) {
        return new Observation.Led(leader, Set.of(1, 2, 3), Set.of(1, 2, 3));
    }
}
