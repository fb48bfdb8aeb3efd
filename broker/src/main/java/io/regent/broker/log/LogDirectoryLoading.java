package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens all logs found in the log directories at start, several at a time. Used once, by the starting thread. A disk
 * error takes its directory offline and the others go on.
 */
final class LogDirectoryLoading {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectoryLoading.class);

    private final LogManagerSettings settings;
    private final LogEnvironment environment;
    private final Function<String, LogConfig> configOf;
    private final Map<TopicPartition, PartitionLog> loaded = new ConcurrentHashMap<>();
    private final Map<TopicPartition, PartitionLog> copies = new ConcurrentHashMap<>();

    LogDirectoryLoading(LogManagerSettings settings, LogEnvironment environment, Function<String, LogConfig> configOf) {
        this.settings = settings;
        this.environment = environment;
        this.configOf = configOf;
    }

    /**
     * What was found.
     *
     * @param copies those that were on their way into another directory, and go on
     */
    record Found(Map<TopicPartition, PartitionLog> logs, Map<TopicPartition, PartitionLog> copies) {}

    /** @throws KafkaException when a directory holds what is no log, or two hold the same partition */
    Found load(List<LogDirectory> directories) {
        finishMoves(directories);
        List<ExecutorService> pools = new ArrayList<>();
        try {
            List<Future<?>> jobs = new ArrayList<>();
            for (LogDirectory directory : directories) {
                submit(directory, pools, jobs);
            }
            for (Future<?> job : jobs) {
                await(job);
            }
        } finally {
            pools.forEach(ExecutorService::shutdownNow);
        }
        directories.forEach(LogDirectory::markLoaded);
        loaded.values().removeIf(log -> environment.failures().hasOfflineLogDir(log.logDir()));
        copies.values().removeIf(log -> environment.failures().hasOfflineLogDir(log.logDir()));
        return new Found(loaded, copies);
    }

    /** Before anything is opened: what waits for deletion is removed then, and tells that a move was cut in two. */
    private void finishMoves(List<LogDirectory> directories) {
        InterruptedMoves moves = new InterruptedMoves();
        for (LogDirectory directory : directories) {
            try {
                moves.see(partitionDirs(directory));
            } catch (IOException e) {
                failed(directory, e);
            }
        }
        for (File copy : moves.unfinished()) {
            try {
                InterruptedMoves.finish(copy);
            } catch (IOException e) {
                environment
                        .failures()
                        .maybeAddOfflineLogDir(copy.getParent(), "Disk error while finishing the move of " + copy, e);
            }
        }
    }

    private void submit(LogDirectory directory, List<ExecutorService> pools, List<Future<?>> jobs) {
        if (environment.failures().hasOfflineLogDir(directory.path())) {
            return;
        }
        Snapshot snapshot;
        List<File> dirs;
        try {
            dirs = partitionDirs(directory);
            snapshot = new Snapshot(
                    directory.takeCleanMarker(), directory.readRecoveryPoints(), directory.readLogStarts());
        } catch (IOException e) {
            failed(directory, e);
            return;
        }
        if (dirs.isEmpty()) {
            return;
        }
        LOG.info(
                "Opening {} logs in {} after {} shutdown",
                dirs.size(),
                directory.path(),
                snapshot.clean ? "a clean" : "an unclean");
        ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(settings.recoveryThreadsPerDir(), dirs.size()),
                Thread.ofPlatform()
                        .name("log-recovery-" + directory.path() + "-", 0)
                        .factory());
        pools.add(pool);
        for (File dir : dirs) {
            jobs.add(pool.submit(() -> open(directory, dir, snapshot)));
        }
    }

    /** What a directory's checkpoints said before anything was opened. */
    private record Snapshot(
            boolean clean, Map<TopicPartition, Long> recoveryPoints, Map<TopicPartition, Long> logStarts) {
        LogLoader.Origin originOf(TopicPartition topicPartition) {
            return new LogLoader.Origin(
                    clean, logStarts.getOrDefault(topicPartition, 0L), recoveryPoints.getOrDefault(topicPartition, 0L));
        }
    }

    private static List<File> partitionDirs(LogDirectory directory) throws IOException {
        File[] found = directory.dir().listFiles(File::isDirectory);
        if (found == null) {
            throw new IOException("Cannot list " + directory.path());
        }
        List<File> dirs = List.of(found);
        // Before anything is opened: what is no log is an operator's mistake, to be told at once.
        dirs.forEach(LogDirNames::parse);
        return dirs;
    }

    private void open(LogDirectory directory, File dir, Snapshot snapshot) {
        if (environment.failures().hasOfflineLogDir(directory.path())) {
            return;
        }
        try {
            if (LogDirNames.isDeleted(dir)) {
                LOG.info("Removing {}, which was deleted before", dir);
                Utils.delete(dir);
            } else if (LogDirNames.isStray(dir)) {
                LOG.warn("Leaving {} alone: it is no current log of a partition", dir);
            } else {
                TopicPartition topicPartition = LogDirNames.parse(dir);
                LogConfig config = configOf.apply(topicPartition.topic());
                PartitionLog log =
                        LogLoader.open(dir, config, snapshot.originOf(topicPartition), environment, Optional.empty());
                if (LogDirNames.isFuture(dir)) {
                    addCopy(log);
                } else {
                    add(log);
                }
            }
        } catch (IOException e) {
            failed(directory, e);
        } catch (KafkaStorageException e) {
            // Raised by code that has reported the directory already.
            LOG.error("Could not open {}", dir, e);
        }
    }

    private void add(PartitionLog log) {
        PartitionLog other = loaded.putIfAbsent(log.topicPartition(), log);
        if (other != null) {
            throw new KafkaException("Partition " + log.topicPartition() + " has two logs, " + other.dir() + " and "
                    + log.dir() + ". Move away the one that is out of date.");
        }
        LOG.debug("Opened {}", log);
    }

    private void addCopy(PartitionLog log) {
        PartitionLog other = copies.putIfAbsent(log.topicPartition(), log);
        if (other == null) {
            LOG.info("Found {}, a copy that is not complete", log);
        } else {
            LOG.warn("Removing {}: {} is a copy of the same log", log.dir(), other.dir());
            log.delete();
        }
    }

    private void failed(LogDirectory directory, IOException e) {
        environment
                .failures()
                .maybeAddOfflineLogDir(directory.path(), "Disk error while opening logs in " + directory.path(), e);
    }

    private static void await(Future<?> job) {
        try {
            job.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while opening logs", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException("Could not open a log", e.getCause());
        }
    }
}
