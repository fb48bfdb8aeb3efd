package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.junit.jupiter.api.Test;

class TruncationTest {
    private static OffsetAndEpoch end(int epoch, long offset) {
        return new OffsetAndEpoch(offset, epoch);
    }

    @Test
    void aDeposedLeaderLosesWhatTheNewOneNeverHad() {
        // KIP-101: both have epoch 1, the leader's ended at 15 where the new epoch began.
        assertThat(Truncation.offset(end(1, 15), Optional.of(end(1, 20)), 20, 20))
                .isEqualTo(15);
    }

    @Test
    void nothingIsLostThatTheLeaderHasToo() {
        // KIP-101, scenario 1: a follower that restarts before it heard of the watermark keeps its records.
        assertThat(Truncation.offset(end(1, 20), Optional.of(end(1, 18)), 18, 18))
                .isEqualTo(18);
    }

    @Test
    void anEpochThatOnlyTheFollowerHasIsCutAway() {
        // KIP-279: the leader knows epoch 1 up to 10, the follower wrote epoch 2 from 8 on.
        assertThat(Truncation.offset(end(1, 10), Optional.of(end(1, 8)), 12, 12))
                .isEqualTo(8);
    }

    @Test
    void anEpochThatOnlyTheLeaderHasIsSteppedOver() {
        // KIP-279: the leader's largest epoch below the follower's is 3, the follower has 2, ended at 6.
        assertThat(Truncation.offset(end(3, 9), Optional.of(end(2, 6)), 12, 12)).isEqualTo(6);
    }

    @Test
    void withoutCommonEpochsTheLeadersEndCounts() {
        assertThat(Truncation.offset(end(1, 5), Optional.empty(), 12, 12)).isEqualTo(5);
        assertThat(Truncation.offset(end(-1, 5), Optional.of(end(2, 9)), 12, 12))
                .isEqualTo(5);
        assertThat(Truncation.offset(end(-1, -1), Optional.of(end(2, 9)), 12, 11))
                .isEqualTo(11);
    }
}
