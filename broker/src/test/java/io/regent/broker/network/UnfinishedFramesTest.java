package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnfinishedFramesTest {
    private static final int MB = 1 << 20;

    private final UnfinishedFrames frames = new UnfinishedFrames(10L * MB);
    private final Peer slow = new Peer();
    private final Peer hostile = new Peer();
    private final Peer small = new Peer();

    private static final class Peer implements UnfinishedFrames.Holder {
        final List<String> reasons = new ArrayList<>();

        @Override
        public void drop(String reason) {
            reasons.add(reason);
        }
    }

    @Test
    void theLargestIsDroppedWhenAllTogetherAreTooMuch() {
        frames.holds(slow, 3 * MB);
        frames.holds(hostile, 6 * MB);
        frames.holds(small, 2 * MB);

        assertThat(hostile.reasons)
                .hasSize(1)
                .first()
                .asString()
                .contains("6291456")
                .contains("10485760");
        assertThat(slow.reasons).isEmpty();
        assertThat(small.reasons).isEmpty();
        assertThat(frames.totalBytes()).isEqualTo(5L * MB);
    }

    @Test
    void aFrameThatIsCompleteNoLongerCounts() {
        frames.holds(slow, 9 * MB);
        frames.holds(slow, 0);
        frames.holds(small, 9 * MB);

        assertThat(slow.reasons).isEmpty();
        assertThat(frames.totalBytes()).isEqualTo(9L * MB);
    }

    @Test
    void aDroppedConnectionThatClosesIsNotSubtractedTwice() {
        frames.holds(hostile, 11 * MB);
        frames.holds(hostile, 0);

        assertThat(hostile.reasons).hasSize(1);
        assertThat(frames.totalBytes()).isZero();
    }

    @Test
    void smallFramesAreNotCounted() {
        frames.holds(small, UnfinishedFrames.COUNTED_FROM_BYTES - 1);

        assertThat(frames.totalBytes()).isZero();
    }
}
