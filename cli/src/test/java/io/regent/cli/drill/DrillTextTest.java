package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrillTextTest {
    private static final long MS = 1_000_000;
    private static final Workload WORKLOAD = new Workload("t", 1, 2, (short) 3, 2, 200);

    private static DrillResult result(Verdict verdict, boolean recovered) {
        RoundResult round = round(160, recovered);
        return new DrillResult("c", WORKLOAD, List.of(round), List.of(10 * MS, 160 * MS), verdict, 100);
    }

    private static RoundResult round(long gapMs) {
        return round(gapMs, true);
    }

    private static RoundResult round(long gapMs, boolean recovered) {
        return new RoundResult(
                new Endpoint(2, "127.0.0.1", 9093),
                new ControllerSeat(2, 1),
                List.of(1),
                List.of(new Moment(Stage.KILLED, 0, "broker 2")),
                List.of(10 * MS, gapMs * MS),
                recovered);
    }

    private static Verdict verdict(long lost, long foreign) {
        return new Verdict(100, new Verdict.Unknown(3, 1), lost, 0, foreign, List.of());
    }

    @Test
    void theFiguresNameWhatAPersonAsksFor() {
        assertThat(DrillText.figures(result(verdict(0, 0), true)))
                .anyMatch(line -> line.matches(" *longest gap +160 +ms"))
                .anyMatch(line -> line.matches(" *acknowledged +100"))
                .anyMatch(line -> line.matches(" *consumed +100"))
                .anyMatch(line -> line.matches(" *unknown +3 .*1 of them are in the log"))
                .anyMatch(line -> line.matches(" *lost +0"))
                .anyMatch(line -> line.matches(" *duplicated +0"))
                .last()
                .isEqualTo("Nothing acknowledged was lost.");
    }

    @Test
    void severalKillsAreToldByTheMedianOfTheirLongestGaps() {
        List<RoundResult> rounds = List.of(round(200), round(900), round(100), round(300));
        DrillResult result = new DrillResult("c", WORKLOAD, rounds, List.of(900 * MS), verdict(0, 0), 100);

        assertThat(DrillText.figures(result)).anyMatch(line -> line.matches(" *in the median +250 +ms .*"));
    }

    @Test
    void aDrillFailsWhenSomethingIsLostForeignOrDoesNotHeal() {
        assertThat(result(verdict(0, 0), true).passed()).isTrue();
        assertThat(result(verdict(1, 0), true).passed()).isFalse();
        assertThat(result(verdict(0, 1), true).passed()).isFalse();
        assertThat(result(verdict(0, 0), false).passed()).isFalse();
        assertThat(DrillText.conclusion(result(verdict(1, 0), true))).startsWith("FAILED: 1 acknowledged");
    }

    @Test
    void theLongestGapFillsTheBarAndNoBarIsEmpty() {
        assertThat(DrillText.gapBars(List.of(0L, 100 * MS))).satisfies(bars -> {
            assertThat(bars.get(0)).endsWith("0 ms  █");
            assertThat(bars.get(1)).endsWith("100 ms  " + "█".repeat(40));
        });
    }

    @Test
    void aPipeGetsNoControlCharacters() {
        StringWriter out = new StringWriter();
        try (DrillView view = new PlainView(new PrintWriter(out))) {
            view.say("Drill");
            view.round("Kill 1 of 1");
            view.moment(new Moment(Stage.KILLED, 0, "broker 2"));
            view.tick();
            view.finished(result(verdict(0, 0), true));
        }
        assertThat(out.toString()).contains("Kill 1 of 1", "broker 2").doesNotContain("\u001b");
    }

    @Test
    void theFileForProgramsHoldsFiguresAndTimeline() throws IOException {
        assertThat(DrillJson.of(result(verdict(0, 0), true)).text())
                .contains("\"longestGapMs\" : 160.0", "\"lost\" : 0", "\"stage\" : \"KILLED\"", "\"passed\" : true");
    }
}
