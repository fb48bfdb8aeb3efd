package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FailoverReportTest {
    private static final long MS = 1_000_000;
    private static final Workload WORKLOAD = new Workload("t", 1, 2, (short) 3, 2, 200);

    private static FailoverResult drill(String name, long lost, long... gapsMs) {
        List<RoundResult> rounds =
                LongStream.of(gapsMs).mapToObj(gap -> round(gap, true)).toList();
        return result(name, lost, rounds);
    }

    private static FailoverResult result(String name, long lost, List<RoundResult> rounds) {
        Verdict verdict = new Verdict(1_000, new Verdict.Unknown(0, 0), lost, 0, 0, List.of());
        return new FailoverResult(name, new DrillResult(name, WORKLOAD, rounds, List.of(0L, 0L), verdict, 1_000));
    }

    private static RoundResult round(long gapMs, boolean ruled) {
        List<Moment> moments = new ArrayList<>(List.of(
                new Moment(Stage.KILLED, 0, ""),
                new Moment(Stage.LEADERS_MOVED, (gapMs - 10) * MS, ""),
                new Moment(Stage.RECOVERED, gapMs * MS, ""),
                new Moment(Stage.RESTARTED, (gapMs + 500) * MS, ""),
                new Moment(Stage.REJOINED, (gapMs + 2_500) * MS, "")));
        if (ruled) {
            moments.add(new Moment(Stage.ELECTED, gapMs / 2 * MS, ""));
        }
        return new RoundResult(
                new Endpoint(2, "127.0.0.1", 9093),
                new ControllerSeat(2, 1),
                List.of(1),
                moments,
                List.of(10 * MS, gapMs * MS),
                true);
    }

    @Test
    void eachStandsBesideTheFirstWithHowManyTimesItsFigure() {
        List<FailoverResult> results = List.of(
                drill("Regent", 0, 300, 200, 400),
                drill("ZooKeeper", 0, 17_400, 18_000, 17_100),
                drill("KRaft", 0, 12_000));
        assertThat(new FailoverReport(results).lines())
                .containsExactly(
                        "Medians of 3 kills (least to greatest)           Regent               ZooKeeper               Times  KRaft  Times",
                        "Longest time without a write, any partition, ms  300 (200 to 400)     17400 (17100 to 18000)  58.0   12000  40.0",
                        "Another controller after, ms                     150 (100 to 200)     8700 (8550 to 9000)     58.0   6000   40.0",
                        "All leaders elsewhere after, ms                  290 (190 to 390)     17390 (17090 to 17990)  60.0   11990  41.3",
                        "All partitions take writes after, ms             300 (200 to 400)     17400 (17100 to 18000)  58.0   12000  40.0",
                        "Restarted, in every ISR after, ms                2000 (2000 to 2000)  2000 (2000 to 2000)     1.0    2000   1.0",
                        "Records acknowledged                             1000                 1000                           1000",
                        "Records lost                                     0                    0                              0",
                        "Records duplicated                               0                    0                              0",
                        "",
                        "Regent: Nothing acknowledged was lost.",
                        "ZooKeeper: Nothing acknowledged was lost.",
                        "KRaft: Nothing acknowledged was lost.");
    }

    @Test
    void whatNeverHappenedHasNoFigureAndNoRatio() {
        FailoverResult regent = result("Regent", 0, List.of(round(200, false)));
        FailoverResult kraft = result("KRaft", 0, List.of(round(12_000, true)));
        assertThat(new FailoverReport(List.of(regent, kraft)).lines())
                .anyMatch(line -> line.matches("One kill +Regent +KRaft +Times"))
                .anyMatch(line -> line.matches("Another controller after, ms +- +6000 +-"));
    }

    @Test
    void aLossIsSaidOfWhoeverLost() {
        assertThat(new FailoverReport(List.of(drill("Regent", 0, 200), drill("KRaft", 7, 9_000))).lines())
                .contains("Regent: Nothing acknowledged was lost.", "KRaft: FAILED: 7 acknowledged records are lost.");
    }
}
