package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes a log other than by appending: rolls, flushes, truncates, retires and replaces segments, and keeps epochs,
 * producer snapshots and watermarks in step. Any thread may call it; it takes the partition log's lock itself. It
 * never decides whether a change is due.
 */
final class LogMaintenance {
    private static final Logger LOG = LoggerFactory.getLogger(LogMaintenance.class);

    private final Object lock;
    private final SegmentStore store;
    private final LogEpochs epochs;
    private final ProducerStateManager producers;
    private final Watermarks watermarks;
    private final ProducerStateLoader producerLoader;

    LogMaintenance(
            Object lock, SegmentStore store, LogEpochs epochs, ProducerStateManager producers, Watermarks watermarks) {
        this.lock = lock;
        this.store = store;
        this.epochs = epochs;
        this.producers = producers;
        this.watermarks = watermarks;
        this.producerLoader =
                new ProducerStateLoader(store.segments(), store.environment().time());
    }

    LogSegment roll(OptionalLong expectedNextOffset) throws IOException {
        synchronized (lock) {
            LogSegment fresh = store.roll(expectedNextOffset);
            // A snapshot at the segment's start lets recovery begin there. Its fsync waits for the flush below.
            producers.updateMapEndOffset(fresh.baseOffset());
            Optional<File> snapshot = producers.takeSnapshot(false);
            watermarks.followEnd();
            store.environment().later("flush-log", () -> flushRolled(snapshot, fresh.baseOffset()), 0L);
            return fresh;
        }
    }

    private void flushRolled(Optional<File> snapshot, long upTo) {
        if (snapshot.isPresent()) {
            store.onDisk(
                    "flushing a producer snapshot",
                    () -> Utils.flushFileIfExists(snapshot.get().toPath()));
        }
        flush(upTo);
    }

    /**
     * Forces what lies below {@code offset} to disk; the disk is waited for without the lock. Where a truncation comes
     * between, the recovery point stays: it must not pass records that were appended since.
     */
    void flush(long offset) {
        int cuts;
        long upTo;
        synchronized (lock) {
            cuts = store.cuts();
            // One that was put off may find the log truncated.
            upTo = Math.min(offset, store.endOffset());
        }
        if (upTo <= store.recoveryPoint()) {
            return;
        }
        store.onDisk("flushing", () -> store.flush(upTo));
        epochs.settle();
        synchronized (lock) {
            if (store.cuts() == cuts) {
                store.markFlushed(upTo);
            }
        }
    }

    boolean raiseLogStart(long offset, LogStartOffsetIncrementReason reason) {
        synchronized (lock) {
            if (offset > watermarks.highWatermark()) {
                throw new OffsetOutOfRangeException("Log start of " + store.topicPartition() + " cannot move to "
                        + offset + ", beyond the high watermark " + watermarks.highWatermark());
            }
            store.requireOpen();
            if (offset <= watermarks.logStartOffset()) {
                return false;
            }
            watermarks.raiseLogStart(offset);
            LOG.info("Log start of {} moves to {}: {}", store.topicPartition(), offset, reason);
            epochs.truncateFromStartAsyncFlush(offset);
            producers.onLogStartOffsetIncremented(offset);
            watermarks.refreshFirstUnstable();
            return true;
        }
    }

    /** Removes the leading segments that the retention decision names. @return how many */
    int retire(LogRetention retention) throws IOException {
        synchronized (lock) {
            store.requireOpen();
            List<LogSegment> doomed = retention.retired(store, watermarks);
            if (doomed.isEmpty()) {
                return 0;
            }
            if (store.segments().numberOfSegments() == doomed.size()) {
                // A log always has an active segment.
                roll(OptionalLong.empty());
            }
            long newStart = store.segments()
                    .higherSegment(doomed.getLast().baseOffset())
                    .orElseThrow()
                    .baseOffset();
            // Before the files go: nobody may look up an offset in them any more.
            raiseLogStart(newStart, LogStartOffsetIncrementReason.SegmentDeletion);
            LOG.info("Retention {} removes {} segments of {}", retention, doomed.size(), store.topicPartition());
            store.remove(doomed);
            deleteSnapshots(doomed);
            return doomed.size();
        }
    }

    /** What a truncation did. */
    enum Cut {
        NOTHING,
        /** Records that were not known to be on disk. */
        UNFLUSHED,
        /** The recovery point moved back, and its checkpoint must follow. */
        FLUSHED
    }

    Cut truncateTo(long offset) throws IOException {
        if (offset < 0) {
            throw new IllegalArgumentException("Cannot truncate " + store.topicPartition() + " to offset " + offset);
        }
        synchronized (lock) {
            store.requireOpen();
            if (offset >= store.endOffset()) {
                // A leader that appended nothing in its epoch may have left an epoch that begins at the end.
                epochs.truncateFromEndAsyncFlush(store.endOffset());
                return Cut.NOTHING;
            }
            LOG.info("Truncating {} from {} to {}", store.topicPartition(), store.endOffset(), offset);
            if (store.segments().firstSegmentBaseOffset().orElse(0L) > offset) {
                truncateFullyAndStartAt(offset, OptionalLong.empty());
                return Cut.FLUSHED;
            }
            boolean flushed = offset < store.recoveryPoint();
            deleteSnapshots(store.truncateTo(offset));
            epochs.truncateFromEndAsyncFlush(offset);
            watermarks.moveLogStart(Math.min(offset, watermarks.logStartOffset()));
            producerLoader.rebuild(producers, watermarks.logStartOffset(), offset, false);
            watermarks.followEnd();
            watermarks.refreshFirstUnstable();
            return flushed ? Cut.FLUSHED : Cut.UNFLUSHED;
        }
    }

    void truncateFullyAndStartAt(long offset, OptionalLong logStartOffset) throws IOException {
        synchronized (lock) {
            LOG.info("Emptying {}, which starts at {} now", store.topicPartition(), offset);
            store.truncateFullyAndStartAt(offset);
            epochs.clearAndFlush();
            producers.truncateFullyAndStartAt(offset);
            watermarks.moveLogStart(logStartOffset.orElse(offset));
            producerLoader.rebuild(producers, watermarks.logStartOffset(), offset, false);
            watermarks.update(store.end());
        }
    }

    void replace(List<LogSegment> fresh, List<LogSegment> old) throws IOException {
        synchronized (lock) {
            store.requireOpen();
            deleteSnapshots(store.files().replace(fresh, old, store.dir(), store.config().fileDeleteDelayMs));
        }
    }

    void split(LogSegment overflowed) throws IOException {
        synchronized (lock) {
            store.requireOpen();
            deleteSnapshots(
                    store.files().split(overflowed, store.dir(), store.config()).removed());
        }
    }

    private void deleteSnapshots(Collection<LogSegment> gone) throws IOException {
        store.files().deleteSnapshotsLater(producers, gone, store.logDir(), store.config().fileDeleteDelayMs);
    }

    /** Takes a producer snapshot at the end, so that the next start need not scan, and closes the files. */
    void close() throws IOException {
        synchronized (lock) {
            store.requireOpen();
            producers.takeSnapshot();
            flushLatestSnapshot();
            epochs.settle();
            store.close();
        }
    }

    /** It may have been taken by a {@link ProducerStateLoader}, which leaves it to the page cache. */
    private void flushLatestSnapshot() throws IOException {
        OptionalLong latest = producers.latestSnapshotOffset();
        if (latest.isPresent()) {
            Utils.flushFileIfExists(LogFileUtils.producerSnapshotFile(store.dir(), latest.getAsLong())
                    .toPath());
        }
    }

    /** Renames a log that is to be deleted. */
    void retireDir(String name) throws IOException {
        synchronized (lock) {
            store.requireOpen();
            epochs.abandon();
            store.renameDir(name);
            producers.updateParentDir(store.dir());
        }
    }

    /** Renames a log that stays in use. */
    void moveDir(String name) throws IOException {
        synchronized (lock) {
            store.requireOpen();
            epochs.move(() -> store.renameDir(name), new File(store.logDir(), name));
            producers.updateParentDir(store.dir());
        }
    }

    void delete() throws IOException {
        synchronized (lock) {
            epochs.clear();
            store.deleteAll();
        }
    }
}
