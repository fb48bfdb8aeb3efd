package io.regent.broker.log;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.server.util.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to logs in the background: retention, flushing, checkpoints, removal of deleted logs, and what follows a
 * directory's failure. Its tasks run on the scheduler and on one thread that waits for failures; any thread may call
 * it. It never creates a log.
 */
final class LogHousekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(LogHousekeeping.class);

    private final LogManager manager;
    private final LogDirectories directories;
    private final LogEnvironment environment;
    private final LogManagerSettings settings;
    private final List<ScheduledFuture<?>> tasks = new CopyOnWriteArrayList<>();
    private final Object checkpointLock = new Object();
    private final LogCleaner cleaner;
    private boolean checkpointsClosed;
    private volatile Thread failureWatch;

    LogHousekeeping(
            LogManager manager, LogDirectories directories, LogEnvironment environment, LogManagerSettings settings) {
        this.manager = manager;
        this.directories = directories;
        this.environment = environment;
        this.settings = settings;
        this.cleaner = new LogCleaner(settings.cleaner(), manager::allLogs, manager::getLog, directories, environment);
    }

    void start(LogDirFailureListener listener) {
        failureWatch =
                Thread.ofPlatform().daemon().name("log-dir-failure-watch").start(() -> watchFailures(listener));
        LogManagerSettings.Intervals intervals = settings.intervals();
        every("log-retention", this::deleteOldSegments, intervals.retentionCheckMs());
        every("log-flush", this::flushDirty, intervals.flushCheckMs());
        every("log-recovery-points", this::checkpointRecoveryPoints, intervals.recoveryPointCheckpointMs());
        every("log-starts", this::checkpointLogStarts, intervals.logStartCheckpointMs());
        every(
                "producer-expiration",
                this::removeExpiredProducers,
                settings.producers().expirationCheckMs());
        cleaner.start();
    }

    private void every(String name, Runnable task, long periodMs) {
        Scheduler scheduler = environment.scheduler();
        tasks.add(scheduler.schedule(name, task, settings.intervals().initialDelayMs(), periodMs));
    }

    void stop() {
        tasks.forEach(task -> task.cancel(false));
        synchronized (checkpointLock) {
            // One that runs late would find no logs any more, and write that down.
            checkpointsClosed = true;
        }
        cleaner.stop();
        Thread watch = failureWatch;
        if (watch != null) {
            watch.interrupt();
        }
    }

    /** One log's disk error must not keep the others from their turn. */
    private void forEachLog(Consumer<PartitionLog> work) {
        for (PartitionLog log : manager.logsAndCopies()) {
            try {
                work.accept(log);
            } catch (KafkaStorageException e) {
                LOG.debug("Skipped {}", log, e);
            }
        }
    }

    int deleteOldSegments() {
        int[] removed = {0};
        // A log that is being cleaned has its turn next time.
        forEachLog(log -> cleaner.exclusively(log.topicPartition(), () -> removed[0] += log.deleteOldSegments()));
        return removed[0];
    }

    LogCleaner cleaner() {
        return cleaner;
    }

    /** Cuts a log; what the cleaner did beyond the cut counts no more. */
    LogMaintenance.Cut truncate(PartitionLog log, long offset) {
        if (offset >= log.store().active().baseOffset()) {
            // The active segment is never cleaned.
            return log.truncateTo(offset);
        }
        LogMaintenance.Cut[] cut = new LogMaintenance.Cut[1];
        cleaner.paused(log.topicPartition(), () -> {
            cut[0] = log.truncateTo(offset);
            cleaner.truncated(log, log.store().active().baseOffset());
        });
        return cut[0];
    }

    void truncateFullyAndStartAt(PartitionLog log, long offset, OptionalLong logStartOffset) {
        cleaner.paused(log.topicPartition(), () -> {
            log.truncateFullyAndStartAt(offset, logStartOffset);
            cleaner.truncated(log, offset);
        });
    }

    private void flushDirty() {
        long nowMs = environment.time().milliseconds();
        forEachLog(log -> {
            if (nowMs - log.store().lastFlushMs() >= log.config().flushMs) {
                log.flush();
            }
        });
    }

    private void removeExpiredProducers() {
        long nowMs = environment.time().milliseconds();
        forEachLog(log -> log.producers().removeExpired(nowMs));
    }

    private void checkpointRecoveryPoints() {
        directories.live().forEach(dir -> checkpointRecoveryPoints(dir.path()));
    }

    private void checkpointLogStarts() {
        directories.live().forEach(dir -> checkpointLogStarts(dir.path()));
    }

    void checkpointRecoveryPoints(String path) {
        checkpoint(path, "writing recovery points", LogDirectory::checkpointRecoveryPoints);
    }

    private void checkpointLogStarts(String path) {
        checkpoint(path, "writing log starts", LogDirectory::checkpointLogStarts);
    }

    @FunctionalInterface
    private interface Checkpoint {
        void write(LogDirectory dir, List<PartitionLog> logs) throws IOException;
    }

    private void checkpoint(String path, String what, Checkpoint checkpoint) {
        directories
                .find(path)
                .ifPresent(dir -> onDisk(dir, what, () -> {
                    synchronized (checkpointLock) {
                        if (!checkpointsClosed) {
                            checkpoint.write(dir, logsIn(path));
                        }
                    }
                }));
    }

    void checkpointAll(String path) {
        checkpointRecoveryPoints(path);
        checkpointLogStarts(path);
    }

    /** The same soon, for callers that hold up others. */
    void checkpointLater(String path) {
        environment.later("checkpoints", () -> checkpointAll(path), 0L);
    }

    private List<PartitionLog> logsIn(String path) {
        return manager.logsAndCopies().stream()
                .filter(log -> log.logDir().equals(path))
                .toList();
    }

    void onDisk(LogDirectory dir, String what, LogEnvironment.DiskTask work) {
        directories.onDisk(dir, what, work);
    }

    /** Renames a log that has left the manager's map, and removes it later. */
    void retireLog(PartitionLog log) {
        cleaner.paused(log.topicPartition(), log::renameForDeletion);
        cleaner.forget(log);
        removeLater(log);
    }

    /** Renames a copy that is not wanted any more, and removes it later. The cleaner never touched it. */
    void retireCopy(PartitionLog copy) {
        copy.renameForDeletion();
        removeLater(copy);
    }

    /**
     * Puts a copy in the place of its log, which is removed later.
     *
     * @throws KafkaStorageException when a disk fails; if it is the copy's, the log is in its place again
     */
    void replace(PartitionLog former, PartitionLog copy) {
        cleaner.paused(former.topicPartition(), () -> {
            former.renameForDeletion();
            try {
                copy.renameToCurrent();
            } catch (KafkaStorageException e) {
                former.renameToCurrent();
                throw e;
            }
        });
        // What was clean there may have been copied before it was.
        cleaner.forget(former);
        removeLater(former);
    }

    private void removeLater(PartitionLog log) {
        environment.later("delete-log", () -> remove(log), manager.settings().defaultLogConfig().fileDeleteDelayMs);
    }

    /** Lets go of a failed directory's log. Its index files stay mapped until reads in flight have surely ended. */
    void abandon(PartitionLog log) {
        log.refuseWrites();
        environment.later(
                "close-failed-log", log::closeHandlers, manager.settings().defaultLogConfig().fileDeleteDelayMs);
    }

    private static void remove(PartitionLog log) {
        try {
            log.delete();
            LOG.info("Removed {}", log.dir());
        } catch (KafkaStorageException e) {
            LOG.error("Could not remove {}; it will be removed at the next start", log.dir(), e);
        }
    }

    private void watchFailures(LogDirFailureListener listener) {
        try {
            while (true) {
                failed(environment.failures().takeNextOfflineLogDir(), listener);
            }
        } catch (InterruptedException e) {
            LOG.debug("No longer watching for failed log directories");
        }
    }

    private void failed(String path, LogDirFailureListener listener) {
        Set<TopicPartition> lost = manager.dropLogsOf(path);
        directories.drop(path);
        LOG.error("Log directory {} is offline, and with it {} partitions: {}", path, lost.size(), lost);
        try {
            listener.logDirFailed(path, lost);
        } catch (RuntimeException e) {
            LOG.error("The failure of log directory {} was not handled", path, e);
        }
    }
}
