package io.regent.broker.log;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to where each log has been cleaned, kept in its directory's cleaner-offset-checkpoint. Any thread may call it. It
 * never cleans; losing it costs work, not data.
 */
final class CleanerOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(CleanerOffsets.class);

    private final LogDirectories directories;
    private final Predicate<TopicPartition> exists;
    private final Map<String, Map<TopicPartition, Long>> byDir = new HashMap<>();

    /** @param exists which partitions still have a log; the others are dropped from the files */
    CleanerOffsets(LogDirectories directories, Predicate<TopicPartition> exists) {
        this.directories = directories;
        this.exists = exists;
    }

    /** The first offset that was not cleaned yet. */
    synchronized OptionalLong of(PartitionLog log) {
        Long offset = offsetsIn(log.logDir()).get(log.topicPartition());
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    synchronized void set(PartitionLog log, long offset) {
        offsetsIn(log.logDir()).put(log.topicPartition(), offset);
        write(log.logDir());
    }

    /** After a truncation: what was cleaned beyond {@code offset} is gone. */
    synchronized void lowerTo(PartitionLog log, long offset) {
        OptionalLong known = of(log);
        if (known.isPresent() && known.getAsLong() > offset) {
            set(log, offset);
        }
    }

    synchronized void remove(PartitionLog log) {
        if (offsetsIn(log.logDir()).remove(log.topicPartition()) != null) {
            write(log.logDir());
        }
    }

    private Map<TopicPartition, Long> offsetsIn(String logDir) {
        return byDir.computeIfAbsent(
                logDir, path -> directories.find(path).map(CleanerOffsets::read).orElseGet(HashMap::new));
    }

    private static Map<TopicPartition, Long> read(LogDirectory dir) {
        try {
            return dir.cleanerOffsets().read();
        } catch (IOException e) {
            LOG.warn("Unreadable cleaner checkpoint in {}: its logs are cleaned from the start", dir.path(), e);
            return new HashMap<>();
        }
    }

    private void write(String logDir) {
        Map<TopicPartition, Long> offsets = offsetsIn(logDir);
        offsets.keySet().removeIf(exists.negate());
        directories
                .find(logDir)
                .ifPresent(dir -> directories.onDisk(
                        dir,
                        "writing cleaner offsets",
                        () -> dir.cleanerOffsets().write(offsets)));
    }
}
