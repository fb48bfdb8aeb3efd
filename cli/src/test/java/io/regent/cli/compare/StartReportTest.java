package io.regent.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartReportTest {
    @Test
    void theMedianIsTheMiddleOneAndOneOutlierDoesNotMoveIt() {
        assertThat(Spread.of(900, 30_000, 1_000)).isEqualTo(new Spread(1_000, 900, 30_000));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
    }

    @Test
    void nothingMeasuredHasNoMedian() {
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void figuresStandSideBySideWithTheirRatio() {
        StartSamples samples = new StartSamples();
        for (Measurement.Kind kind : Measurement.Kind.values()) {
            samples.add("Regent", new Measurement(kind, 800, 1_000, 100 * 1024));
            samples.add("Regent", new Measurement(kind, 900, 1_200, 120 * 1024));
            samples.add("Regent", new Measurement(kind, 1_000, 1_400, 110 * 1024));
            samples.add("Kafka", new Measurement(kind, 3_600, 0, 330 * 1024));
        }
        assertThat(new StartReport(List.of("Regent", "Kafka"), samples, 20, 5).lines())
                .containsExactly(
                        "Medians (least to greatest)      Regent               Kafka                Ratio",
                        "Empty log directory",
                        "  serves after, ms               900 (800 to 1000)    3600 (3600 to 3600)  0.25",
                        "  processor time until then, ms  1200 (1000 to 1400)  0 (0 to 0)           -",
                        "  resident after 5 s idle, MB    110 (100 to 120)     330 (330 to 330)     0.33",
                        "Again, with 20 partitions",
                        "  serves after, ms               900 (800 to 1000)    3600 (3600 to 3600)  0.25",
                        "  processor time until then, ms  1200 (1000 to 1400)  0 (0 to 0)           -",
                        "  resident after 5 s idle, MB    110 (100 to 120)     330 (330 to 330)     0.33");
    }
}
