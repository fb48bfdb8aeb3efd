package io.regent.broker.replica;

import static io.regent.broker.replica.TestRecords.follow;
import static org.assertj.core.api.Assertions.assertThat;

import com.yammer.metrics.core.Gauge;
import com.yammer.metrics.core.Meter;
import com.yammer.metrics.core.Metric;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaMetricsTest {
    private static final String PREFIX = "kafka.server:type=ReplicaManager,name=";

    @TempDir
    Path dir;

    private static Map<String, Metric> beans() {
        Map<String, Metric> beans = new HashMap<>();
        KafkaYammerMetrics.defaultRegistry().allMetrics().forEach((name, metric) -> {
            if (name.getMBeanName().startsWith(PREFIX)) {
                beans.put(name.getMBeanName().substring(PREFIX.length()), metric);
            }
        });
        return beans;
    }

    private static Object gauge(String name) {
        return ((Gauge<?>) beans().get(name)).value();
    }

    private static long count(String name) {
        return ((Meter) beans().get(name)).count();
    }

    @Test
    void theBeansThatDashboardsReadTellTheState() throws Exception {
        try (TestBroker broker = new TestBroker(1, dir)) {
            broker.topicConfig.put("min.insync.replicas", "2");
            broker.lead(1, 1);

            assertThat(gauge("PartitionCount")).isEqualTo(1);
            assertThat(gauge("LeaderCount")).isEqualTo(1);
            assertThat(gauge("UnderReplicatedPartitions")).isEqualTo(1);
            assertThat(gauge("UnderMinIsrPartitionCount")).isEqualTo(1);
            assertThat(gauge("ReassigningPartitions")).isEqualTo(0);

            follow(broker, 2, 0);
            broker.controller.agree();
            assertThat(gauge("UnderMinIsrPartitionCount")).isEqualTo(0);
            assertThat(gauge("AtMinIsrPartitionCount")).isEqualTo(1);
            assertThat(count("IsrExpandsPerSec")).isEqualTo(1);
            assertThat(count("IsrShrinksPerSec")).isZero();
        }
        assertThat(beans()).isEmpty();
    }
}
