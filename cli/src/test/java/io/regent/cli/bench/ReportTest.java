package io.regent.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Floor.Times FLOOR = new Floor.Times(250_000_000, 10_500_000_000L, 340_000_000);
    private static final Verification.Result RIGHT = new Verification.Result(1_000, 0, "");

    @Test
    void figuresStandBesideEachOtherWithTheirRatioAndWhatZooKeeperTakesAlone() {
        List<String> lines = new Report(List.of(result("Regent", 1, RIGHT), result("Kafka", 40, RIGHT))).lines();
        assertThat(lines.get(0)).matches("Medians +Regent +Kafka +Ratio +ZooKeeper alone");
        assertThat(lines).anyMatch(line -> line.matches("  all told every partition +900 ms +36.0 s +40.0 +250 ms"));
        assertThat(lines).anyMatch(line -> line.matches("Resident memory after a takeover +100 MB +4000 MB +40.0"));
        assertThat(lines).anyMatch(line -> line.matches("One AlterPartition: answered +- +- +-"));
        assertThat(lines).anyMatch(line -> line.matches("all states read by one getData each +10.5 s +10.5 s"));
        assertThat(lines)
                .anyMatch(line -> line.matches("takeover +1.0 ms / 2.0 ms / 3.0 ms +1.0 ms / 2.0 ms / 3.0 ms"));
        assertThat(lines).contains("Kafka: all 1000 statements to brokers are what ZooKeeper holds");
    }

    @Test
    void oneAloneHasNoRatio() {
        assertThat(new Report(List.of(result("Regent", 1, RIGHT))).lines().get(0))
                .matches("Medians +Regent +ZooKeeper alone");
    }

    @Test
    void whoeverToldWhatIsNotSoIsNamed() {
        Verification.Result wrong = new Verification.Result(1_000, 3, "of t-1, broker 2 was told nonsense");
        assertThat(new Report(List.of(result("Kafka", 1, wrong))).lines())
                .contains("Kafka: WRONG: 3 of 1000 statements to brokers, such as: of t-1, broker 2 was told nonsense");
    }

    @Test
    void nothingCheckedIsNotRight() {
        assertThat(new Verification.Result(0, 0, "").passed()).isFalse();
        assertThat(RIGHT.passed()).isTrue();
    }

    @Test
    void durationsAreReadable() {
        assertThat(Report.duration(34_560)).isEqualTo("34.6 s");
        assertThat(Report.duration(1_234)).isEqualTo("1.23 s");
        assertThat(Report.duration(123.4)).isEqualTo("123 ms");
        assertThat(Report.duration(1.26)).isEqualTo("1.3 ms");
    }

    @Test
    void allSamplesGoToTheJson() throws IOException {
        BenchSettings settings =
                new BenchSettings(1_000, 50, 5, 1, 100, 0, Optional.of("1G"), Path.of("/tmp"), false, false);
        assertThat(BenchJson.of(settings, List.of("on two cores"), List.of(result("Regent", 1, RIGHT)))
                        .text())
                .contains("\"partitions\" : 1000", "\"on two cores\"", "\"standbyToldMs\" : [ 800.0, 1000.0, 900.0 ]")
                .contains("\"residentMb\" : [ 100.0 ]", "\"multiReadsMs\" : 250.0", "\"harnessMs\" : 3");
    }

    @Test
    void whatDoesNotComeTrueInTimeIsNamed() {
        Awaited awaited = new Awaited()
                .add("broker 1", CompletableFuture.completedFuture(5L))
                .add("broker 2", new CompletableFuture<>());
        assertThatThrownBy(() -> awaited.lastNanos(1, () -> {}))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("after 0 s: broker 2 not yet");
    }

    @Test
    void theLastOfThoseThatComeTrueCounts() {
        assertThat(new Awaited()
                        .add("broker 1", CompletableFuture.completedFuture(5L))
                        .add("broker 2", CompletableFuture.completedFuture(3L))
                        .lastNanos(1, () -> {}))
                .isEqualTo(5);
    }

    private static Trial.Result result(String name, double factor, Verification.Result verification) {
        Samples samples = new Samples();
        samples.add(Figure.STANDBY_TOLD, 800 * factor);
        samples.add(Figure.STANDBY_TOLD, 1_000 * factor);
        samples.add(Figure.STANDBY_TOLD, 900 * factor);
        samples.add(Figure.RESIDENT, 100 * factor);
        return new Trial.Result(name, samples, FLOOR, Map.of("takeover", new CpuMeter.Used(1, 2, 3)), verification);
    }
}
