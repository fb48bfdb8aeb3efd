package io.regent.broker.log;

import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of logs that are under way between the log directories of this broker; a partition has one at most. Any
 * thread may read it; {@link LogManager} changes it under its lock. It never decides when a copy takes its log's place.
 */
final class FutureLogs {
    private static final Logger LOG = LoggerFactory.getLogger(FutureLogs.class);

    private final LogEnvironment environment;
    private final Consumer<String> checkpoint;
    private final Map<TopicPartition, FutureLog> futures = new ConcurrentHashMap<>();

    /** @param checkpoint writes the recovery points of a log directory */
    FutureLogs(LogEnvironment environment, Consumer<String> checkpoint) {
        this.environment = environment;
        this.checkpoint = checkpoint;
    }

    /** Takes in what was found at start. */
    void addAll(Collection<PartitionLog> found) {
        found.forEach(log -> futures.put(log.topicPartition(), new FutureLog(log, checkpoint)));
    }

    Optional<FutureLog> find(TopicPartition topicPartition) {
        return Optional.ofNullable(futures.get(topicPartition));
    }

    List<PartitionLog> logs() {
        return futures.values().stream().map(FutureLog::log).toList();
    }

    /** Begins a copy, which is empty yet. */
    FutureLog create(PartitionLog current, LogDirectory destination, LogConfig config) {
        TopicPartition topicPartition = current.topicPartition();
        File dir = new File(destination.dir(), LogDirNames.forFuture(topicPartition));
        long start = current.logStartOffset();
        PartitionLog log = environment.onDisk(
                destination.path(),
                () -> "creating the copy of " + topicPartition,
                () -> LogLoader.open(
                        dir, config, new LogLoader.Origin(true, start, start), environment, current.topicId()));
        FutureLog future = new FutureLog(log, checkpoint);
        futures.put(topicPartition, future);
        LOG.info("Moving {} from {} to {}", topicPartition, current.logDir(), destination.path());
        return future;
    }

    Optional<PartitionLog> remove(TopicPartition topicPartition) {
        return Optional.ofNullable(futures.remove(topicPartition)).map(FutureLog::log);
    }

    /** Forgets the copies in a failed directory. @return their logs */
    List<PartitionLog> dropIn(String logDir) {
        List<PartitionLog> lost = new ArrayList<>();
        for (PartitionLog log : logs()) {
            if (log.logDir().equals(logDir)) {
                futures.remove(log.topicPartition());
                lost.add(log);
            }
        }
        return lost;
    }

    /** Truncates a partition's log, and its copy, if there is one, with it. */
    void truncate(TopicPartition topicPartition, long offset, Runnable truncation) {
        FutureLog future = futures.get(topicPartition);
        if (future == null) {
            truncation.run();
        } else {
            future.truncateAlongside(truncation, offset);
        }
    }
}
