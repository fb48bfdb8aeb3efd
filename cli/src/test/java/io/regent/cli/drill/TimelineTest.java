package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long MS = 1_000_000;

    private final Timeline timeline = new Timeline(1_000 * MS);

    @Test
    void momentsAreCountedFromTheKillAndToldInTheOrderOfTime() {
        timeline.mark(Stage.ELECTED, 1_052 * MS, "broker 3");
        timeline.mark(Stage.CONTROLLER_GONE, 1_038 * MS, "gone");
        assertThat(timeline.all().stream().map(Moment::afterMs)).containsExactly(38L, 52L);
    }

    @Test
    void whatHappensOnceIsMarkedOnce() {
        assertThat(timeline.markOnce(Stage.NOTICED, 1_001 * MS, "first")).isTrue();
        assertThat(timeline.markOnce(Stage.NOTICED, 1_002 * MS, "second")).isFalse();
        assertThat(timeline.first(Stage.NOTICED)).map(Moment::text).contains("first");
    }

    @Test
    void onlyNewMomentsAreToldAgain() {
        timeline.mark(Stage.KILLED, 1_000 * MS, "broker 1");
        int shown = timeline.since(0).size();
        timeline.mark(Stage.NOTICED, 1_001 * MS, "a client");
        assertThat(timeline.since(shown)).extracting(Moment::stage).isEqualTo(List.of(Stage.NOTICED));
    }

    @Test
    void aLineShowsTimeStageAndText() {
        assertThat(DrillText.moment(new Moment(Stage.ELECTED, 52 * MS, "broker 3, epoch 1 → 2")))
                .isEqualTo("       52 ms  elected        broker 3, epoch 1 → 2");
    }
}
