package io.regent.broker.group;

import io.regent.broker.BrokerConfig;
import io.regent.broker.log.LogManager;
import io.regent.broker.log.LogManagerSettings;
import io.regent.broker.log.PartitionLog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.runtime.PartitionWriter;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;

/** Partitions of {@code __consumer_offsets} on real logs, led as the test says; what is appended is committed at once. */
final class LoggedPartitions implements GroupPartitions, AutoCloseable {
    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private final LogManager logs;
    private final Map<TopicPartition, Integer> led = new ConcurrentHashMap<>();
    private final Map<TopicPartition, PartitionWriter.Listener> listeners = new ConcurrentHashMap<>();
    volatile boolean unreadable;

    LoggedPartitions(Path dir) {
        scheduler.startup();
        logs = new LogManager(LogManagerSettings.from(config(dir)), Time.SYSTEM, scheduler, new IgnoredRefusals());
        logs.claim(1, "cluster");
        logs.startup(topic -> new Properties(), (logDir, partitions) -> {});
    }

    static BrokerConfig config(Path dir) {
        return BrokerConfig.fromMap(new HashMap<>(Map.of(
                "broker.id", "1",
                "zookeeper.connect", "127.0.0.1:1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "group.initial.rebalance.delay.ms", "0",
                "log.dirs", dir.toString())));
    }

    void lead(TopicPartition partition, int leaderEpoch) {
        logs.getOrCreate(partition, Optional.empty(), true);
        led.put(partition, leaderEpoch);
    }

    void loseLeadership(TopicPartition partition) {
        led.remove(partition);
    }

    @Override
    public long append(TopicPartition partition, MemoryRecords records) {
        PartitionLog log = leaderLog(partition).orElseThrow(() -> new NotLeaderOrFollowerException("not led"));
        log.appendAsLeader(records, led.get(partition), AppendOrigin.COORDINATOR);
        long end = log.logEndOffset();
        log.updateHighWatermark(end);
        PartitionWriter.Listener listener = listeners.get(partition);
        if (listener != null) {
            listener.onHighWatermarkUpdated(partition, end);
        }
        return end;
    }

    @Override
    public Optional<PartitionLog> leaderLog(TopicPartition partition) {
        if (unreadable) {
            throw new IllegalStateException("the disk does not answer");
        }
        return led.containsKey(partition) ? logs.getLog(partition) : Optional.empty();
    }

    @Override
    public OptionalInt leaderEpoch(TopicPartition partition) {
        Integer epoch = led.get(partition);
        return epoch == null ? OptionalInt.empty() : OptionalInt.of(epoch);
    }

    @Override
    public void addListener(TopicPartition partition, PartitionWriter.Listener listener) {
        listeners.put(partition, listener);
    }

    @Override
    public void removeListener(TopicPartition partition, PartitionWriter.Listener listener) {
        listeners.remove(partition, listener);
    }

    @Override
    public void close() throws Exception {
        logs.close();
        scheduler.shutdown();
    }

    private static final class IgnoredRefusals implements LogValidator.MetricsRecorder {
        @Override
        public void recordInvalidMagic() {}

        @Override
        public void recordInvalidOffset() {}

        @Override
        public void recordInvalidSequence() {}

        @Override
        public void recordInvalidChecksums() {}

        @Override
        public void recordNoKeyCompactedTopic() {}
    }
}
