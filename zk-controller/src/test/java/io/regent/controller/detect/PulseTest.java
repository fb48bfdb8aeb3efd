package io.regent.controller.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.detect.Pulse.Step;
import org.junit.jupiter.api.Test;

class PulseTest {

    private static final long TIMEOUT_MS = 2_000;

    private final Pulse asked = Pulse.answered(0).asked(500);

    private static Step due(Pulse pulse, long nowMs) {
        return pulse.due(nowMs, TIMEOUT_MS);
    }

    @Test
    void aPeerThatAnsweredIsAskedAgainAfterAQuarterOfTheTimeout() {
        assertThat(due(Pulse.answered(100), 599)).isEqualTo(Step.WAIT);
        assertThat(due(Pulse.answered(100), 600)).isEqualTo(Step.ASK);
    }

    @Test
    void aQuestionThatIsNotAnsweredHasItLookedAtASecondTime() {
        assertThat(due(asked, 1_499)).isEqualTo(Step.WAIT);
        assertThat(due(asked, 1_500)).isEqualTo(Step.LOOK_AGAIN);
    }

    @Test
    void onlyASecondQuestionOnAnAcceptedConnectionCondemns() {
        Pulse twice = asked.doubted(1_500).askedTwice(1_501);

        assertThat(due(twice, 2_500)).isEqualTo(Step.WAIT);
        assertThat(due(twice, 2_501)).isEqualTo(Step.CONDEMN);
    }

    @Test
    void silenceOfANetworkCondemnsNobody() {
        Pulse doubted = asked.doubted(1_500);
        assertThat(due(doubted, 2_500)).isEqualTo(Step.GIVE_UP);
        assertThat(due(doubted.anew(2_500), 3_499)).isEqualTo(Step.WAIT);
    }

    @Test
    void aPauseOfOnesOwnGivesEveryQuestionItsWholeTimeAgain() {
        Pulse twice = asked.doubted(1_500).askedTwice(1_501);

        Pulse resumed = twice.anew(60_000);

        assertThat(due(resumed, 60_000)).isEqualTo(Step.WAIT);
        assertThat(due(resumed, 61_000)).isEqualTo(Step.LOOK_AGAIN);
    }

    @Test
    void aPeerThatHangsIsCondemnedOnce() {
        Pulse hung = asked.doubted(1_500).askedTwice(1_501).hung(2_501);

        assertThat(due(hung, 1_000_000)).isEqualTo(Step.WAIT);
        assertThat(hung.anew(60_000).isHung()).isTrue();
    }

    @Test
    void nobodyIsAskedWithoutAConnection() {
        assertThat(due(Pulse.NONE, 1_000_000)).isEqualTo(Step.WAIT);
        assertThat(due(Pulse.NONE.anew(1_000_000), 2_000_000)).isEqualTo(Step.WAIT);
    }

    @Test
    void aProcessNoticesThatItStoodStillButNotThatItIsABitLate() {
        OwnPauses pauses = new OwnPauses(100, 0);

        assertThat(pauses.endedBy(100)).isFalse();
        assertThat(pauses.endedBy(500)).isFalse();
        assertThat(pauses.endedBy(901)).isTrue();
        assertThat(pauses.endedBy(1_001)).isFalse();
    }
}
