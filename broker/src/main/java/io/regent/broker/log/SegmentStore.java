package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.FileRecords.LogOffsetPosition;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments of one log and where the log ends. What changes them is called under the partition log's lock; the
 * getters may be called by any thread. It never validates records and knows neither producers nor the high watermark.
 */
final class SegmentStore {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentStore.class);

    private final TopicPartition topicPartition;
    private final LogEnvironment environment;
    private final LogSegments segments;
    private final SegmentFiles files;

    private volatile File dir;
    private volatile LogConfig config;
    private volatile long recoveryPoint;
    private volatile LogOffsetMetadata end;
    private volatile boolean closed;
    private volatile long lastFlushMs;
    private volatile int cuts;
    private volatile RecentAppends recentAppends = RecentAppends.NONE;

    SegmentStore(File dir, LogConfig config, LogSegments segments, LogEnvironment environment, LoadedLog loaded) {
        this.topicPartition = LogDirNames.parse(dir);
        this.environment = environment;
        this.segments = segments;
        this.files = new SegmentFiles(environment, segments);
        this.dir = dir;
        this.config = config;
        this.recoveryPoint = loaded.recoveryPoint();
        this.end = loaded.end();
        this.lastFlushMs = environment.time().milliseconds();
    }

    /** Where a log stands once its files are loaded. */
    record LoadedLog(long logStartOffset, long recoveryPoint, LogOffsetMetadata end) {}

    TopicPartition topicPartition() {
        return topicPartition;
    }

    LogEnvironment environment() {
        return environment;
    }

    LogSegments segments() {
        return segments;
    }

    SegmentFiles files() {
        return files;
    }

    LogSegment active() {
        return segments.activeSegment();
    }

    File dir() {
        return dir;
    }

    String logDir() {
        return dir.getParent();
    }

    LogConfig config() {
        return config;
    }

    void updateConfig(LogConfig newConfig) {
        config = newConfig;
    }

    LogOffsetMetadata end() {
        return end;
    }

    long endOffset() {
        return end.messageOffset;
    }

    /** The offset up to which the log is known to be on disk. */
    long recoveryPoint() {
        return recoveryPoint;
    }

    /** How often the log was truncated: what is appended after a cut may lie below what was flushed before it. */
    int cuts() {
        return cuts;
    }

    void raiseRecoveryPoint(long offset) {
        recoveryPoint = Math.max(recoveryPoint, offset);
    }

    long unflushedMessages() {
        return endOffset() - recoveryPoint;
    }

    long lastFlushMs() {
        return lastFlushMs;
    }

    <T> T onDisk(String what, LogEnvironment.DiskWork<T> work) {
        return environment.onDisk(logDir(), () -> what + " of " + topicPartition, work);
    }

    void onDisk(String what, LogEnvironment.DiskTask task) {
        environment.onDisk(logDir(), () -> what + " of " + topicPartition, task);
    }

    /** @throws KafkaStorageException once the log is closed or deleted: its index files are unmapped then */
    void requireOpen() {
        if (closed) {
            throw new KafkaStorageException("The log of " + topicPartition + " in " + logDir() + " is closed");
        }
    }

    void append(long lastOffset, MemoryRecords records) throws IOException {
        LogSegment active = active();
        LogOffsetPosition begins = new LogOffsetPosition(endOffset(), active.size(), records.firstBatchSize());
        active.append(lastOffset, records);
        recentAppends = recentAppends.and(active, begins);
        moveEnd(lastOffset + 1);
    }

    /** The first batch of a segment that reaches up to an offset or beyond, if there is one. */
    Optional<LogOffsetPosition> locate(LogSegment segment, long offset) throws IOException {
        Optional<LogOffsetPosition> near = recentAppends.floor(segment, offset);
        if (near.isEmpty()) {
            return Optional.ofNullable(segment.translateOffset(offset));
        }
        return near.get().offset == offset
                ? near
                : Optional.ofNullable(segment.log().searchForOffsetWithSize(offset, near.get().position));
    }

    private void moveEnd(long endOffset) {
        LogSegment active = active();
        end = new LogOffsetMetadata(endOffset, active.baseOffset(), active.size());
        recoveryPoint = Math.min(recoveryPoint, endOffset);
    }

    /**
     * Starts a new active segment at the log end, or at {@code expectedNextOffset} if that is higher (an append that
     * leaves a gap).
     */
    LogSegment roll(OptionalLong expectedNextOffset) throws IOException {
        requireOpen();
        long newOffset = Math.max(expectedNextOffset.orElse(0L), endOffset());
        LogSegment active = active();
        if (newOffset == active.baseOffset() && active.size() == 0) {
            // An index without room for entries asks for a roll of an empty segment (KAFKA-6388): start it afresh.
            LogSegment fresh = replaceWithEmpty(newOffset, active);
            moveEnd(endOffset());
            return fresh;
        }
        if (newOffset <= active.baseOffset()) {
            throw new KafkaException("Cannot roll a segment of " + topicPartition + " at offset " + newOffset
                    + ", not beyond the active segment " + active);
        }
        removeLeftovers(newOffset);
        active.onBecomeInactiveSegment();
        LogSegment fresh = open(newOffset);
        segments.add(fresh);
        moveEnd(endOffset());
        LOG.debug("Rolled a segment of {} at offset {}", topicPartition, newOffset);
        return fresh;
    }

    private void removeLeftovers(long baseOffset) throws IOException {
        for (File file : List.of(
                LogFileUtils.logFile(dir, baseOffset),
                LogFileUtils.offsetIndexFile(dir, baseOffset),
                LogFileUtils.timeIndexFile(dir, baseOffset),
                LogFileUtils.transactionIndexFile(dir, baseOffset))) {
            if (Files.deleteIfExists(file.toPath())) {
                LOG.warn("Removed {}, which lay where a new segment begins", file);
            }
        }
    }

    private LogSegment open(long baseOffset) throws IOException {
        return LogSegment.open(dir, baseOffset, config, environment.time(), config.initFileSize(), config.preallocate);
    }

    /** Opens a new last segment before the old one goes, so that a reader always finds an active one. */
    private LogSegment replaceWithEmpty(long newOffset, LogSegment old) throws IOException {
        if (newOffset == old.baseOffset()) {
            old.changeFileSuffixes("", LogFileUtils.DELETED_FILE_SUFFIX);
        }
        LogSegment fresh = open(newOffset);
        segments.add(fresh);
        if (newOffset != old.baseOffset()) {
            segments.remove(old.baseOffset());
        }
        files.deleteLater(List.of(old), logDir(), config.fileDeleteDelayMs);
        return fresh;
    }

    /** Takes segments out of the log; at least one must remain. Their files go after file.delete.delay.ms. */
    void remove(Collection<LogSegment> doomed) throws IOException {
        List<LogSegment> gone = List.copyOf(doomed);
        gone.forEach(segment -> segments.remove(segment.baseOffset()));
        files.deleteLater(gone, logDir(), config.fileDeleteDelayMs);
    }

    /** @return the segments that are gone altogether */
    List<LogSegment> truncateTo(long targetOffset) throws IOException {
        List<LogSegment> gone = List.copyOf(segments.filter(segment -> segment.baseOffset() > targetOffset));
        remove(gone);
        active().truncateTo(targetOffset);
        cut(targetOffset);
        return gone;
    }

    /** Empties the log and lets it begin at {@code newOffset}. @return the segments that are gone */
    List<LogSegment> truncateFullyAndStartAt(long newOffset) throws IOException {
        requireOpen();
        List<LogSegment> gone = List.copyOf(segments.values());
        remove(gone.subList(0, gone.size() - 1));
        replaceWithEmpty(newOffset, gone.getLast());
        cut(newOffset);
        return gone;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Written under the partition log's lock only.
    private void cut(long endOffset) {
        cuts++;
        recentAppends = RecentAppends.NONE;
        moveEnd(endOffset);
    }

    /** Forces everything below {@code offset} to disk. Needs no lock; call {@link #markFlushed} under it afterwards. */
    void flush(long offset) throws IOException {
        long from = recoveryPoint;
        if (from > offset) {
            return;
        }
        List<LogSegment> dirty = List.copyOf(segments.values(from, offset));
        for (LogSegment segment : dirty) {
            segment.flush();
        }
        if (dirty.stream().anyMatch(segment -> segment.baseOffset() >= from)) {
            // A new file is durable once its directory is. A deletion may have renamed that meanwhile.
            Utils.flushDirIfExists(dir.toPath());
        }
    }

    void markFlushed(long offset) {
        if (!closed && offset > recoveryPoint) {
            recoveryPoint = offset;
            lastFlushMs = environment.time().milliseconds();
        }
    }

    void renameDir(String name) throws IOException {
        File renamed = new File(dir.getParent(), name);
        Utils.atomicMoveWithFallback(dir.toPath(), renamed.toPath());
        dir = renamed;
        segments.updateParentDir(renamed);
    }

    void close() throws IOException {
        requireOpen();
        closed = true;
        segments.close();
    }

    void markClosed() {
        closed = true;
    }

    /** Lets go of the files without flushing, as after a disk error. */
    void closeHandlers() {
        closed = true;
        segments.closeHandlers();
    }

    void deleteAll() throws IOException {
        requireOpen();
        List<LogSegment> gone = List.copyOf(segments.values());
        segments.clear();
        closed = true;
        files.deleteNow(gone, logDir());
        Utils.delete(dir);
    }
}
