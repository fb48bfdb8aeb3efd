package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuspectsTest {

    private final Suspects suspects = new Suspects();

    @Test
    void aNodeIsSuspectForAMoment() {
        suspects.add(2, 1_000);

        assertThat(suspects.contains(2, 1_000 + Suspects.FRESH_MS - 1)).isTrue();
        assertThat(suspects.contains(2, 1_000 + Suspects.FRESH_MS)).isFalse();
        assertThat(suspects.contains(3, 1_000)).isFalse();
    }

    @Test
    void thereAreSuspectsWhileAnyNodeIsOne() {
        assertThat(suspects.containsAny(1_000)).isFalse();
        suspects.add(2, 1_000);
        suspects.add(3, 1_200);

        assertThat(suspects.containsAny(1_200 + Suspects.FRESH_MS - 1)).isTrue();
        assertThat(suspects.containsAny(1_200 + Suspects.FRESH_MS)).isFalse();
    }

    @Test
    void aNodeThatTakesAConnectionIsNoSuspect() {
        suspects.add(2, 1_000);
        suspects.clear(2);

        assertThat(suspects.contains(2, 1_001)).isFalse();
    }

    @Test
    void aNodeThatHangsUpAgainAndAgainIsNotSuspectForLonger() {
        suspects.add(2, 1_000);
        suspects.add(2, 1_400);

        assertThat(suspects.contains(2, 1_000 + Suspects.FRESH_MS)).isFalse();
    }
}
