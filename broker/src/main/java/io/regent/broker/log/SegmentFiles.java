package io.regent.broker.log;

import static org.apache.kafka.storage.internals.log.LogFileUtils.DELETED_FILE_SUFFIX;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.SnapshotFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes, replaces and splits segment files so that a crash at any point leaves a directory that loads. Callers hold
 * the partition log's lock, or own the directory alone while it loads. It never decides what to delete.
 *
 * <p>A file is renamed to {@code .deleted} at once and removed later, so that a fetch in flight can finish. New files
 * are written as {@code .cleaned}, complete ones become {@code .swap}, and lose the suffix once what they replace is
 * marked deleted; loading finishes a swap that was interrupted.
 */
final class SegmentFiles {
    static final String CLEANED_SUFFIX = ".cleaned";
    static final String SWAP_SUFFIX = ".swap";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);

    private final LogEnvironment environment;
    private final LogSegments segments;

    SegmentFiles(LogEnvironment environment, LogSegments segments) {
        this.environment = environment;
        this.segments = segments;
    }

    /** What a split changed: the segment it removed, if none of the new ones has its base offset. */
    record Replaced(List<LogSegment> removed, List<LogSegment> added) {}

    static boolean isIndexFile(File file) {
        String name = file.getName();
        return name.endsWith(LogFileUtils.INDEX_FILE_SUFFIX)
                || name.endsWith(LogFileUtils.TIME_INDEX_FILE_SUFFIX)
                || name.endsWith(LogFileUtils.TXN_INDEX_FILE_SUFFIX);
    }

    static boolean isLogFile(File file) {
        return file.getName().endsWith(LogFileUtils.LOG_FILE_SUFFIX);
    }

    static LogSegment createCleaned(File dir, LogConfig config, long baseOffset) throws IOException {
        LogSegment.deleteIfExists(dir, baseOffset, CLEANED_SUFFIX);
        return LogSegment.open(
                dir, baseOffset, config, Time.SYSTEM, false, config.initFileSize(), config.preallocate, CLEANED_SUFFIX);
    }

    /** Marks the files deleted now and removes them after {@code delayMs}; they must have left the segment map already. */
    void deleteLater(Collection<LogSegment> doomed, String logDir, long delayMs) throws IOException {
        List<LogSegment> files = List.copyOf(doomed);
        markDeleted(files);
        if (!files.isEmpty()) {
            environment.later("delete-file", () -> remove(files, logDir), delayMs);
        }
    }

    /** Removes the files now. */
    void deleteNow(Collection<LogSegment> doomed, String logDir) throws IOException {
        List<LogSegment> files = List.copyOf(doomed);
        markDeleted(files);
        remove(files, logDir);
    }

    private static void markDeleted(List<LogSegment> files) throws IOException {
        for (LogSegment segment : files) {
            if (!segment.hasSuffix(DELETED_FILE_SUFFIX)) {
                segment.changeFileSuffixes("", DELETED_FILE_SUFFIX);
            }
        }
    }

    private void remove(List<LogSegment> files, String logDir) {
        LOG.debug("Removing segment files {}", files);
        environment.onDisk(logDir, () -> "removing segment files " + files, () -> {
            for (LogSegment segment : files) {
                segment.deleteIfExists();
            }
        });
    }

    /** Removes the producer snapshots of segments that are gone. */
    void deleteSnapshotsLater(ProducerStateManager producers, Collection<LogSegment> gone, String logDir, long delayMs)
            throws IOException {
        List<SnapshotFile> snapshots = new ArrayList<>();
        for (LogSegment segment : gone) {
            producers.removeAndMarkSnapshotForDeletion(segment.baseOffset()).ifPresent(snapshots::add);
        }
        if (snapshots.isEmpty()) {
            return;
        }
        Runnable removal = () -> environment.onDisk(logDir, () -> "removing producer snapshots " + snapshots, () -> {
            for (SnapshotFile snapshot : snapshots) {
                snapshot.deleteIfExists();
            }
        });
        environment.later("delete-producer-snapshot", removal, delayMs);
    }

    /**
     * Puts complete {@code .cleaned} segments in the place of old ones.
     *
     * @return the old segments whose base offset no new one has
     */
    List<LogSegment> replace(List<LogSegment> fresh, List<LogSegment> old, File dir, long delayMs) throws IOException {
        List<LogSegment> added = fresh.stream()
                .sorted(Comparator.comparingLong(LogSegment::baseOffset))
                .toList();
        Set<Long> addedOffsets = added.stream().map(LogSegment::baseOffset).collect(Collectors.toSet());
        // Retention may have removed some of the old ones since the caller read them.
        List<LogSegment> replaced = old.stream()
                .filter(segment -> segments.contains(segment.baseOffset()))
                .sorted(Comparator.comparingLong(LogSegment::baseOffset))
                .toList();
        // Highest offset first: a loader that finds a .cleaned file discards the .swap files at and above it.
        for (LogSegment segment : added.reversed()) {
            segment.changeFileSuffixes(CLEANED_SUFFIX, SWAP_SUFFIX);
        }
        added.reversed().forEach(segments::add);
        for (LogSegment segment : replaced) {
            if (!addedOffsets.contains(segment.baseOffset())) {
                segments.remove(segment.baseOffset());
            }
            deleteLater(List.of(segment), dir.getParent(), delayMs);
        }
        for (LogSegment segment : added) {
            segment.changeFileSuffixes(SWAP_SUFFIX, "");
        }
        Utils.flushDir(dir.toPath());
        return replaced.stream()
                .filter(segment -> !addedOffsets.contains(segment.baseOffset()))
                .toList();
    }

    /** Splits a segment whose offsets do not fit 32 bits relative to its base (KAFKA-6264). */
    Replaced split(LogSegment overflowed, File dir, LogConfig config) throws IOException {
        LOG.info("Splitting segment {} whose offsets overflow its index", overflowed);
        List<LogSegment> parts = new ArrayList<>();
        try {
            int position = 0;
            while (position < overflowed.log().sizeInBytes()) {
                var firstBatch =
                        overflowed.log().batchesFrom(position).iterator().next();
                LogSegment part = createCleaned(dir, config, firstBatch.baseOffset());
                parts.add(part);
                int appended = part.appendFromFile(overflowed.log(), position);
                if (appended == 0) {
                    throw new IllegalStateException("No batch at position " + position + " of " + overflowed);
                }
                position += appended;
            }
            for (LogSegment part : parts) {
                part.onBecomeInactiveSegment();
                part.flush();
                part.setLastModified(overflowed.lastModified());
            }
        } catch (IOException | RuntimeException e) {
            discard(parts, e);
            throw e;
        }
        return new Replaced(replace(parts, List.of(overflowed), dir, config.fileDeleteDelayMs), parts);
    }

    private static void discard(List<LogSegment> parts, Exception cause) {
        for (LogSegment part : parts) {
            try {
                part.close();
                part.deleteIfExists();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    /** The base offset in a segment file's name, if it has one. */
    static Optional<Long> baseOffset(File file) {
        try {
            return Optional.of(LogFileUtils.offsetFromFile(file));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
