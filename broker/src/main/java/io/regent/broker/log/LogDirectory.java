package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.util.FileLock;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One entry of log.dirs: its lock, its checkpoints and its clean-shutdown marker. Any thread may call it; checkpoints
 * of one kind are written by one thread at a time. It never opens a partition's log.
 */
final class LogDirectory {
    private static final String LOCK_FILE = ".lock";

    /** What Kafka's ZooKeeper mode writes into the clean-shutdown marker, which has no epoch to remember. */
    private static final long NO_BROKER_EPOCH = -1L;

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    private final File dir;
    private final FileLock lock;
    private final OffsetCheckpointFile recoveryPoints;
    private final OffsetCheckpointFile logStarts;
    private final OffsetCheckpointFile highWatermarks;
    private final OffsetCheckpointFile cleanerOffsets;
    private final CleanShutdownFileHandler cleanMarker;
    private volatile boolean loaded;

    private LogDirectory(File dir, FileLock lock) throws IOException {
        this.dir = dir;
        this.lock = lock;
        this.recoveryPoints = new OffsetCheckpointFile(dir, OffsetCheckpointFile.RECOVERY_POINT);
        this.logStarts = new OffsetCheckpointFile(dir, OffsetCheckpointFile.LOG_START);
        this.highWatermarks = new OffsetCheckpointFile(dir, OffsetCheckpointFile.REPLICATION);
        this.cleanerOffsets = new OffsetCheckpointFile(dir, OffsetCheckpointFile.CLEANER);
        this.cleanMarker = new CleanShutdownFileHandler(dir.getPath());
    }

    /**
     * Creates the directory if need be and locks it against other brokers.
     *
     * @throws IOException when the disk fails
     * @throws KafkaException when another process uses the directory
     */
    static LogDirectory open(File dir) throws IOException {
        Files.createDirectories(dir.toPath());
        if (!dir.isDirectory() || !dir.canRead() || !dir.canWrite()) {
            throw new IOException(dir + " is not a directory that can be read and written");
        }
        FileLock lock = new FileLock(new File(dir, LOCK_FILE));
        if (!lock.tryLock()) {
            throw new KafkaException("Log directory " + dir + " is in use: another broker holds " + lock.file()
                    + ". Stop it, or give this broker other log.dirs.");
        }
        return new LogDirectory(dir, lock);
    }

    File dir() {
        return dir;
    }

    String path() {
        return dir.getPath();
    }

    OffsetCheckpointFile cleanerOffsets() {
        return cleanerOffsets;
    }

    /** Whether the last use ended cleanly; asked once, since the marker goes: a crash while loading is unclean. */
    boolean takeCleanMarker() throws IOException {
        if (!cleanMarker.exists()) {
            return false;
        }
        try {
            cleanMarker.delete();
        } catch (Exception e) {
            throw new IOException("Cannot remove the clean-shutdown marker in " + dir, e);
        }
        return true;
    }

    /** Says that every log in the directory was opened. */
    void markLoaded() {
        loaded = true;
    }

    /** Until its logs are opened, a directory's checkpoints say more than this process knows, and must stay. */
    boolean isLoaded() {
        return loaded;
    }

    void writeCleanMarker() throws IOException {
        try {
            cleanMarker.write(NO_BROKER_EPOCH);
        } catch (Exception e) {
            throw new IOException("Cannot write the clean-shutdown marker in " + dir, e);
        }
    }

    /** Without the checkpoint everything is recovered, so damage to it costs time, not data. */
    Map<TopicPartition, Long> readRecoveryPoints() {
        return readOrNothing(recoveryPoints, "recovery points start at 0");
    }

    Map<TopicPartition, Long> readLogStarts() {
        return readOrNothing(logStarts, "logs start at their first segment");
    }

    Map<TopicPartition, Long> readHighWatermarks() {
        return readOrNothing(highWatermarks, "high watermarks start at the log start");
    }

    private Map<TopicPartition, Long> readOrNothing(OffsetCheckpointFile file, String consequence) {
        try {
            return file.read();
        } catch (IOException e) {
            LOG.warn("Unreadable checkpoint in {}: {}", dir, consequence, e);
            return Map.of();
        }
    }

    void writeHighWatermarks(Map<TopicPartition, Long> offsets) throws IOException {
        highWatermarks.write(offsets);
    }

    void checkpointRecoveryPoints(Collection<PartitionLog> logs) throws IOException {
        Map<TopicPartition, Long> points = new HashMap<>();
        for (PartitionLog log : logs) {
            points.put(log.topicPartition(), log.store().recoveryPoint());
        }
        recoveryPoints.write(points);
    }

    /** Only log starts that the segment files do not tell. */
    void checkpointLogStarts(Collection<PartitionLog> logs) throws IOException {
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (PartitionLog log : logs) {
            OptionalLong first = log.store().segments().firstSegmentBaseOffset();
            if (first.isPresent() && log.logStartOffset() > first.getAsLong()) {
                starts.put(log.topicPartition(), log.logStartOffset());
            }
        }
        logStarts.write(starts);
    }

    void unlock() {
        Utils.closeQuietly(lock::unlockAndClose, "lock of " + dir);
    }
}
