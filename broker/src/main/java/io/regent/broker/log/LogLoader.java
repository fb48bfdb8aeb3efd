package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidOffsetException;
import org.apache.kafka.storage.internals.log.CorruptIndexException;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegmentOffsetOverflowException;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens one partition's log from its directory: finishes or undoes interrupted work, rebuilds damaged indexes, cuts a
 * torn tail after an unclean shutdown, and brings leader epochs and producer state in line with what is left. Used by
 * one thread, once per log; nothing else may touch the directory meanwhile. It never trusts what lies above the
 * recovery point after an unclean shutdown.
 */
final class LogLoader {
    /** A segment is split at most this often before the load is given up: one split repairs one segment. */
    private static final int MAX_SPLITS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    private final File dir;
    private final LogConfig config;
    private final Origin origin;
    private final LogEnvironment environment;
    private final TopicPartition topicPartition;
    private final LogSegments segments;
    private final SegmentFiles files;
    private final ProducerStateManager producers;
    private final LogEpochs epochs;

    /** What the recovery of a segment cut off, by base offset; each is recovered once. */
    private final Map<Long, Integer> bytesCut = new HashMap<>();

    /**
     * What the log directory's checkpoints say of the log.
     *
     * @param clean whether the directory was shut down cleanly
     */
    record Origin(boolean clean, long logStartOffset, long recoveryPoint) {
        static final Origin NEW_LOG = new Origin(true, 0L, 0L);
    }

    private LogLoader(File dir, LogConfig config, Origin origin, LogEnvironment environment) throws IOException {
        this.dir = dir;
        this.config = config;
        this.origin = origin;
        this.environment = environment;
        this.topicPartition = LogDirNames.parse(dir);
        this.segments = new LogSegments(topicPartition);
        this.files = new SegmentFiles(environment, segments);
        this.producers = newProducers();
        this.epochs = LogEpochs.open(dir, environment);
    }

    /**
     * Opens the log in {@code dir}, which is created if it is missing.
     *
     * @param topicId recorded if the directory does not name one yet
     * @throws IOException when the disk fails
     * @throws org.apache.kafka.common.errors.InconsistentTopicIdException when the directory names another topic id
     */
    static PartitionLog open(
            File dir, LogConfig config, Origin origin, LogEnvironment environment, Optional<Uuid> topicId)
            throws IOException {
        Files.createDirectories(dir.toPath());
        LogLoader loader = new LogLoader(dir, config, origin, environment);
        SegmentStore.LoadedLog loaded = loader.load();
        SegmentStore store = new SegmentStore(dir, config, loader.segments, environment, loaded);
        return new PartitionLog(store, loader.epochs, loader.producers, loaded.logStartOffset(), topicId);
    }

    private SegmentStore.LoadedLog load() throws IOException {
        new InterruptedSwaps(dir, config, environment.time()).settle();
        splittingOverflows(() -> {
            segments.close();
            segments.clear();
            openSegments();
        });
        if (!LogDirNames.isDeleted(dir) && !origin.clean()) {
            splittingOverflows(this::recoverUnflushed);
        }
        OptionalLong endBefore = LogDirNames.isDeleted(dir) ? OptionalLong.empty() : endOrDiscard();
        if (segments.isEmpty()) {
            segments.add(LogSegment.open(
                    dir,
                    origin.logStartOffset(),
                    config,
                    environment.time(),
                    config.initFileSize(),
                    config.preallocate));
        }
        LogSegment active = segments.activeSegment();
        // A loaded index file has no room left; the active one must take entries.
        active.resizeIndexes(config.maxIndexSize);
        long end = active.readNextOffset();
        // After an unclean shutdown only a flush may advance the recovery point: a second crash must recover again.
        long recoveryPoint = origin.clean() && endBefore.isPresent() ? end : Math.min(origin.recoveryPoint(), end);
        long logStart = Math.max(
                origin.logStartOffset(), segments.firstSegmentBaseOffset().orElseThrow());
        epochs.truncateFromEndAsyncFlush(end);
        epochs.truncateFromStartAsyncFlush(origin.logStartOffset());
        // Recovery used producer state of its own and may have replaced snapshot files under this one.
        producers.removeStraySnapshots(segments.baseOffsets());
        new ProducerStateLoader(segments, environment.time()).rebuild(producers, logStart, end, origin.clean());
        return new SegmentStore.LoadedLog(
                logStart, recoveryPoint, new LogOffsetMetadata(end, active.baseOffset(), active.size()));
    }

    private ProducerStateManager newProducers() throws IOException {
        return new ProducerStateManager(
                topicPartition,
                dir,
                environment.maxTransactionTimeoutMs(),
                environment.producerConfig(),
                environment.time());
    }

    private void splittingOverflows(LogEnvironment.DiskTask work) throws IOException {
        for (int splits = 0; splits < MAX_SPLITS; splits++) {
            try {
                work.run();
                return;
            } catch (LogSegmentOffsetOverflowException e) {
                deleteSnapshots(files.split(e.segment, dir, config).removed());
            }
        }
        throw new IOException("More than " + MAX_SPLITS + " segments of " + dir + " overflow their indexes");
    }

    /** In ascending order: a segment's transactions may depend on the ones before. */
    private void openSegments() throws IOException {
        File[] found = dir.listFiles(File::isFile);
        if (found == null) {
            throw new IOException("Cannot list " + dir);
        }
        Arrays.sort(found, Comparator.comparing(File::getName));
        for (File file : found) {
            if (SegmentFiles.isIndexFile(file)) {
                removeIfOrphan(file);
            } else if (SegmentFiles.isLogFile(file)) {
                openSegment(LogFileUtils.offsetFromFile(file));
            }
        }
    }

    private void removeIfOrphan(File index) throws IOException {
        if (!LogFileUtils.logFile(dir, LogFileUtils.offsetFromFile(index)).exists()) {
            LOG.warn("Removing index file {}, whose log file is gone", index);
            Files.deleteIfExists(index.toPath());
        }
    }

    private void openSegment(long baseOffset) throws IOException {
        boolean timeIndexIsNew = !LogFileUtils.timeIndexFile(dir, baseOffset).exists();
        LogSegment segment = LogSegment.open(dir, baseOffset, config, environment.time(), true, 0, false, "");
        try {
            segment.sanityCheck(timeIndexIsNew);
        } catch (NoSuchFileException e) {
            LOG.warn("Index {} is missing; rebuilding it from the log file", e.getMessage());
            recover(segment);
        } catch (CorruptIndexException e) {
            LOG.warn("An index of segment {} is corrupt; rebuilding it: {}", segment, e.getMessage());
            recover(segment);
        }
        segments.add(segment);
    }

    /** Rebuilds a segment's indexes and cuts it at the first damaged batch. @return bytes cut off */
    private int recover(LogSegment segment) throws IOException {
        ProducerStateManager scratch = newProducers();
        new ProducerStateLoader(segments, environment.time())
                .rebuild(scratch, origin.logStartOffset(), segment.baseOffset(), false);
        int cut = segment.recover(scratch, Optional.of(epochs));
        // So that nothing need read this segment again. Not forced to disk: a torn snapshot is told by its checksum.
        Optional<File> unused = scratch.takeSnapshot(false);
        bytesCut.merge(segment.baseOffset(), cut, Math::max);
        return cut;
    }

    private void recoverUnflushed() throws IOException {
        List<LogSegment> unflushed = List.copyOf(segments.values(origin.recoveryPoint(), Long.MAX_VALUE));
        Iterator<LogSegment> rest = unflushed.iterator();
        while (rest.hasNext()) {
            LogSegment segment = rest.next();
            int cut = recoverOrEmpty(segment);
            if (cut > 0) {
                LOG.warn(
                        "Segment {} of {} was damaged: cut {} bytes, the log ends at {} now",
                        segment.baseOffset(),
                        topicPartition,
                        cut,
                        segment.readNextOffset());
                List<LogSegment> beyond = new ArrayList<>();
                rest.forEachRemaining(beyond::add);
                discard(beyond);
            }
        }
    }

    private int recoverOrEmpty(LogSegment segment) throws IOException {
        Integer cut = bytesCut.get(segment.baseOffset());
        if (cut != null) {
            return cut;
        }
        try {
            return recover(segment);
        } catch (InvalidOffsetException e) {
            LOG.warn("Segment {} of {} holds an impossible offset and is emptied", segment, topicPartition, e);
            return segment.truncateTo(segment.baseOffset());
        }
    }

    /** The log end; but everything is discarded when it lies below the log start, as after lost segment files. */
    private OptionalLong endOrDiscard() throws IOException {
        if (segments.isEmpty()) {
            return OptionalLong.empty();
        }
        long end = segments.activeSegment().readNextOffset();
        if (end >= origin.logStartOffset()) {
            return OptionalLong.of(end);
        }
        LOG.warn(
                "The log of {} ends at {}, below its start {}: discarding its segments",
                topicPartition,
                end,
                origin.logStartOffset());
        discard(List.copyOf(segments.values()));
        epochs.clearAndFlush();
        producers.truncateFullyAndStartAt(origin.logStartOffset());
        return OptionalLong.empty();
    }

    private void discard(List<LogSegment> doomed) throws IOException {
        doomed.forEach(segment -> segments.remove(segment.baseOffset()));
        files.deleteLater(doomed, dir.getParent(), config.fileDeleteDelayMs);
        deleteSnapshots(doomed);
    }

    private void deleteSnapshots(List<LogSegment> gone) throws IOException {
        files.deleteSnapshotsLater(producers, gone, dir.getParent(), config.fileDeleteDelayMs);
    }
}
