package io.regent.broker.replica;

import io.regent.broker.log.LogManager;
import io.regent.broker.log.PartitionLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps high watermarks across restarts, in {@code replication-offset-checkpoint}. Any thread may call it. It never
 * forgets the watermark of a log whose partition the controller has not named yet.
 */
final class HighWatermarkCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(HighWatermarkCheckpoints.class);

    private final LogManager logs;
    private final PartitionRegistry partitions;
    private final Map<TopicPartition, Long> ofLastRun = new ConcurrentHashMap<>();

    HighWatermarkCheckpoints(LogManager logs, PartitionRegistry partitions) {
        this.logs = logs;
        this.partitions = partitions;
    }

    /** Reads what the last run left; once, after the logs are loaded. */
    void load() {
        ofLastRun.putAll(logs.readHighWatermarks());
    }

    /** Opens or creates a partition's log with the watermark it last had. */
    PartitionLog open(TopicPartition partition, Optional<Uuid> topicId, boolean isNew) {
        PartitionLog log = logs.getOrCreate(partition, topicId, isNew);
        log.updateHighWatermark(ofLastRun.getOrDefault(partition, 0L));
        return log;
    }

    /** The partition is held by this run, or is gone: what it had before does not matter any more. */
    void forget(TopicPartition partition) {
        ofLastRun.remove(partition);
    }

    /** Writes all watermarks; a disk error is the log manager's to handle. */
    synchronized void write() {
        Map<TopicPartition, Long> all = new HashMap<>(ofLastRun);
        for (Partition partition : partitions.online()) {
            partition.log().ifPresent(log -> all.put(partition.topicPartition(), log.highWatermark()));
        }
        try {
            logs.writeHighWatermarks(all);
        } catch (RuntimeException e) {
            LOG.error("High watermarks could not be written", e);
        }
    }
}
