package io.regent.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.broker.replica.IsrPolicy.LeaderView;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.junit.jupiter.api.Test;

class IsrPolicyTest {
    private static final long LAG_MS = 10_000;
    private static final long NOW_MS = 100_000;
    private static final LeaderView LEADER = new LeaderView(new LogOffsetMetadata(50), 40, 30, NOW_MS);

    private static FollowerState at(long offset, long caughtUpMs) {
        return new FollowerState(0, new LogOffsetMetadata(offset), 50, caughtUpMs, caughtUpMs, OptionalLong.of(1));
    }

    private static long watermark(IsrState isr, Map<Integer, FollowerState> followers) {
        return IsrPolicy.highWatermark(isr, followers, LEADER, LAG_MS, id -> true).messageOffset;
    }

    @Test
    void onlyMembersThatLagTooLongAreOut() {
        Map<Integer, FollowerState> followers =
                Map.of(2, at(45, NOW_MS - LAG_MS), 3, at(45, NOW_MS - LAG_MS - 1), 4, at(50, 0));
        assertThat(IsrPolicy.outOfSync(Set.of(1, 2, 3, 4, 5), 1, followers, LEADER, LAG_MS))
                .containsExactlyInAnyOrder(3, 5);
    }

    @Test
    void aMemberMustReachTheWatermarkAndTheStartOfTheEpoch() {
        assertThat(IsrPolicy.isInSync(at(40, 0), LEADER)).isTrue();
        assertThat(IsrPolicy.isInSync(at(39, 0), LEADER)).isFalse();
        LeaderView freshEpoch = new LeaderView(new LogOffsetMetadata(50), 40, 45, NOW_MS);
        assertThat(IsrPolicy.isInSync(at(44, 0), freshEpoch)).isFalse();
    }

    @Test
    void theWatermarkIsTheLowestEndInTheIsr() {
        IsrState isr = new IsrState.Committed(Set.of(1, 2));
        assertThat(watermark(isr, Map.of(2, at(44, 0), 3, at(10, 0)))).isEqualTo(44);
    }

    @Test
    void theWatermarkWaitsForAFollowerThatIsAboutToJoin() {
        IsrState isr = new IsrState.Committed(Set.of(1, 2));
        Map<Integer, FollowerState> followers = Map.of(2, at(50, NOW_MS), 3, at(43, NOW_MS));
        assertThat(watermark(isr, followers)).isEqualTo(43);
        assertThat(IsrPolicy.highWatermark(isr, followers, LEADER, LAG_MS, id -> false).messageOffset)
                .isEqualTo(50);
    }

    @Test
    void theWatermarkCountsAProposedMemberAndOneThatIsProposedToLeave() {
        IsrState.Committed two = new IsrState.Committed(Set.of(1, 2));
        Map<Integer, FollowerState> followers = Map.of(2, at(44, 0), 3, at(42, 0));
        assertThat(watermark(two.expandBy(3), followers)).isEqualTo(42);
        assertThat(watermark(two.shrinkBy(Set.of(2)), followers)).isEqualTo(44);
    }

    @Test
    void aFollowerIsCaughtUpAsOfTheFetchBeforeWhenItReachesTheEndOfThen() {
        FollowerState start = at(10, 0);
        FollowerState first = start.after(new FollowerState.Fetched(new LogOffsetMetadata(20), 0, 1_000, 50, 7));
        assertThat(first.lastCaughtUpMs()).isZero();

        FollowerState second = first.after(new FollowerState.Fetched(new LogOffsetMetadata(50), 0, 2_000, 80, 7));
        assertThat(second.lastCaughtUpMs()).isEqualTo(1_000);

        FollowerState third = second.after(new FollowerState.Fetched(new LogOffsetMetadata(90), 0, 3_000, 90, 7));
        assertThat(third.lastCaughtUpMs()).isEqualTo(3_000);
    }

    @Test
    void aNewLeaderGivesMembersTheWholeLagTimeAndOthersNone() {
        FollowerState member = at(45, 5).atNewEpoch(true, true, 50, NOW_MS);
        FollowerState outsider = at(45, 5).atNewEpoch(true, false, 50, NOW_MS);
        assertThat(member.lastCaughtUpMs()).isEqualTo(NOW_MS);
        assertThat(member.endOffsetValue()).isEqualTo(-1);
        assertThat(outsider.lastCaughtUpMs()).isZero();
        assertThat(at(45, 5).atNewEpoch(false, true, 50, NOW_MS).endOffsetValue())
                .isEqualTo(45);
    }
}
