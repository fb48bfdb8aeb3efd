package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of a broker that work: opens and locks them, claims them, drops one that fails and closes the
 * rest cleanly. Any thread may call it. It never opens a partition's log.
 */
final class LogDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final LogDirFailureChannel failures;
    private final List<LogDirectory> live = new CopyOnWriteArrayList<>();

    /** @throws KafkaException when another process uses a directory, or none of those named is usable */
    LogDirectories(List<File> dirs, LogDirFailureChannel failures) {
        this.failures = failures;
        try {
            dirs.forEach(this::open);
            requireOne(dirs);
        } catch (RuntimeException e) {
            live.forEach(LogDirectory::unlock);
            throw e;
        }
    }

    private void open(File dir) {
        try {
            live.add(LogDirectory.open(dir.getAbsoluteFile()));
        } catch (IOException e) {
            failures.maybeAddOfflineLogDir(dir.getAbsolutePath(), "Cannot use log directory " + dir, e);
        }
    }

    private void requireOne(List<File> dirs) {
        if (live.isEmpty() && !dirs.isEmpty()) {
            throw new KafkaException("None of the log directories can be used: " + dirs);
        }
    }

    List<LogDirectory> live() {
        return List.copyOf(live);
    }

    Optional<LogDirectory> find(String path) {
        return live.stream().filter(dir -> dir.path().equals(path)).findFirst();
    }

    void claim(int brokerId, String clusterId) {
        List<LogDirectory> claimed = live();
        // All are checked before any is written: a mixed set of directories must stay as it is.
        for (LogDirectory dir : claimed) {
            onDisk(
                    dir,
                    "reading meta.properties",
                    () -> DirectoryIdentity.requireMatch(dir.dir(), brokerId, clusterId));
        }
        for (LogDirectory dir : claimed) {
            onDisk(dir, "writing meta.properties", () -> DirectoryIdentity.write(dir.dir(), brokerId, clusterId));
        }
        requireOne(claimed.stream().map(LogDirectory::dir).toList());
    }

    /** Runs disk work; its IOException takes the directory offline and is not thrown. */
    void onDisk(LogDirectory dir, String what, LogEnvironment.DiskTask work) {
        if (failures.hasOfflineLogDir(dir.path())) {
            return;
        }
        try {
            work.run();
        } catch (IOException e) {
            failures.maybeAddOfflineLogDir(dir.path(), "Disk error while " + what + " in " + dir.path(), e);
        }
    }

    /** Lets a failed directory go. @return whether it was live */
    boolean drop(String path) {
        Optional<LogDirectory> found = find(path);
        found.ifPresent(dir -> {
            live.remove(dir);
            dir.unlock();
        });
        return found.isPresent();
    }

    /** Closes the logs, writes the last checkpoints and the clean-shutdown markers, and unlocks. */
    void close(List<PartitionLog> logs) {
        for (LogDirectory dir : live()) {
            List<PartitionLog> inside =
                    logs.stream().filter(log -> log.logDir().equals(dir.path())).toList();
            List<PartitionLog> closed = closeAll(inside);
            if (dir.isLoaded()) {
                onDisk(dir, "shutting down", () -> finish(dir, inside, closed.size() == inside.size()));
            }
            dir.unlock();
        }
    }

    private static void finish(LogDirectory dir, List<PartitionLog> inside, boolean allClosed) throws IOException {
        dir.checkpointRecoveryPoints(inside);
        dir.checkpointLogStarts(inside);
        if (allClosed) {
            dir.writeCleanMarker();
        }
    }

    private static List<PartitionLog> closeAll(List<PartitionLog> logs) {
        List<PartitionLog> closed = new ArrayList<>();
        for (PartitionLog log : logs) {
            try {
                log.flush();
                log.close();
                closed.add(log);
            } catch (RuntimeException e) {
                LOG.error("Could not close {}; it will be recovered at the next start", log, e);
            }
        }
        return closed;
    }
}
