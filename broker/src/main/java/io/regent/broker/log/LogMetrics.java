package io.regent.broker.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * Shows logs and log directories in JMX under the names that dashboards for Kafka read ({@code kafka.log:type=Log} and
 * {@code type=LogManager}). Any thread may call it. It measures nothing itself: its gauges ask when they are read.
 */
final class LogMetrics {
    private static final String GROUP = "kafka.log";

    private final KafkaMetricsGroup perLog = new KafkaMetricsGroup(GROUP, "Log");
    private final KafkaMetricsGroup perManager = new KafkaMetricsGroup(GROUP, "LogManager");

    void add(PartitionLog log) {
        gaugesOf(log).forEach((name, value) -> perLog.newGauge(name, value, tags(log.topicPartition())));
    }

    void remove(PartitionLog log) {
        gaugesOf(log).keySet().forEach(name -> perLog.removeMetric(name, tags(log.topicPartition())));
    }

    private static Map<String, Supplier<Number>> gaugesOf(PartitionLog log) {
        return Map.of(
                "NumLogSegments", log::numberOfSegments,
                "LogStartOffset", log::logStartOffset,
                "LogEndOffset", log::logEndOffset,
                "Size", log::sizeInBytes);
    }

    private static Map<String, String> tags(TopicPartition topicPartition) {
        // Kafka's order, which is part of the bean's name.
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("topic", topicPartition.topic());
        tags.put("partition", Integer.toString(topicPartition.partition()));
        return tags;
    }

    /** @param offlineDirs how many log directories do not work */
    void watch(Supplier<Number> offlineDirs) {
        perManager.newGauge("OfflineLogDirectoryCount", offlineDirs);
    }

    void unwatch() {
        perManager.removeMetric("OfflineLogDirectoryCount");
    }
}
