package io.regent.controller.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.MetricName;
import com.yammer.metrics.core.Timer;
import java.util.List;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelMetricsTest {

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("kafka.controller", "ChannelMetricsTest");
    private final ChannelMetrics metrics = new ChannelMetrics(group, 7);

    private static List<String> shown() {
        return KafkaYammerMetrics.defaultRegistry().allMetrics().keySet().stream()
                .filter(name -> name.getType().equals("ChannelMetricsTest"))
                .map(MetricName::getName)
                .sorted()
                .toList();
    }

    private static Timer timer() {
        return (Timer) KafkaYammerMetrics.defaultRegistry().allMetrics().entrySet().stream()
                .filter(shown -> shown.getKey().getType().equals("ChannelMetricsTest"))
                .filter(shown -> shown.getKey().getName().equals("RequestRateAndQueueTimeMs"))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void theyAreShownWhileTheChannelIsOpen() {
        metrics.queued();
        metrics.sent(false);
        assertThat(shown()).isEmpty();

        metrics.open(() -> 3);
        metrics.sent(true);
        assertThat(timer().count()).as("with what was sent before").isEqualTo(2);
        assertThat(shown()).containsExactly("QueueSize", "RequestRateAndQueueTimeMs");

        metrics.close();
        assertThat(shown()).isEmpty();
    }

    @Test
    void aChannelThatWasClosedFirstShowsNothing() {
        metrics.close();
        metrics.open(() -> 3);
        assertThat(shown()).isEmpty();
        metrics.sent(false);
    }
}
