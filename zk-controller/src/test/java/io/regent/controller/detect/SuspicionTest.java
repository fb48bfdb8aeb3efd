package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SuspicionTest {

    private final Suspicion alive = Suspicion.NONE.connected();

    @Test
    void aClosedConnectionAndTwoRefusalsAreADeath() {
        assertThat(alive.closed().refused().isDead()).isFalse();
        assertThat(alive.closed().refused().refused().isDead()).isTrue();
    }

    @Test
    void refusalsOfAPeerThatWasNeverReachedMeanNothing() {
        assertThat(Suspicion.NONE.refused().refused().refused().isDead()).isFalse();
    }

    @Test
    void silenceIsNoRefusal() {
        Suspicion silent = alive.closed().refused().unreachable();
        assertThat(silent.refused().refused().isDead()).isFalse();
        assertThat(silent.nextTryMs()).isEqualTo(Suspicion.RETRY_MS);
    }

    @Test
    void aConnectionThatStandsAgainClearsEverySuspicion() {
        Suspicion back = alive.closed().refused().connected();
        assertThat(back.refused().isDead()).isFalse();
        assertThat(back.closed().refused().isDead()).isFalse();
    }

    @Test
    void theFirstReconnectionIsTriedAtOnceAndTheSecondTensOfMillisecondsLater() {
        assertThat(alive.closed().nextTryMs()).isZero();
        assertThat(alive.closed().refused().nextTryMs()).isBetween(10L, 99L);
    }

    @Test
    void aDeathIsFinal() {
        Suspicion dead = alive.closed().refused().refused();
        assertThat(dead.connected().isDead()).isTrue();
        assertThat(dead.unreachable().isDead()).isTrue();
    }

    @Test
    void oneObserverFindsOneNodeDeadOnlySoOftenInAWhile() {
        VerdictLimit limit = new VerdictLimit();
        for (int i = 0; i < VerdictLimit.MAX_VERDICTS; i++) {
            assertThat(limit.allows(1, i)).isTrue();
        }
        assertThat(limit.allows(1, 100)).isFalse();
        assertThat(limit.allows(2, 100)).isTrue();
        assertThat(limit.allows(1, VerdictLimit.WINDOW_MS)).isTrue();
    }
}
