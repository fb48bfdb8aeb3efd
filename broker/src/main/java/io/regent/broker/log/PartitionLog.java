package io.regent.broker.log;

import java.io.File;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * One replica's log: appends, reads, truncates and retires records in Kafka's own segment files. Any thread may call
 * it; one lock orders the writes, reads take none. It never talks to another broker and does not know who leads.
 *
 * <p>A disk error throws {@link org.apache.kafka.common.errors.KafkaStorageException} and takes the whole log
 * directory offline. Truncation goes through {@link LogManager}, which keeps the cleaner away meanwhile.
 */
public final class PartitionLog {
    private final Object lock = new Object();
    private final SegmentStore store;
    private final LogEpochs epochs;
    private final LogProducers logProducers;
    private final BatchChecks checks;
    private final LogReader reader;
    private final Watermarks watermarks;
    private final LogAppender appender;
    private final TimestampSearch timestampSearch;
    private final LogMaintenance maintenance;
    private volatile PartitionMetadataFile metadataFile;

    private volatile Optional<Uuid> topicId;

    PartitionLog(
            SegmentStore store,
            LogEpochs epochs,
            ProducerStateManager producers,
            long logStartOffset,
            Optional<Uuid> wantedTopicId) {
        this.store = store;
        this.epochs = epochs;
        this.logProducers = new LogProducers(lock, producers);
        this.checks = new BatchChecks(store.topicPartition());
        this.reader = new LogReader(store);
        this.watermarks = new Watermarks(lock, store, reader, producers, logStartOffset);
        this.maintenance = new LogMaintenance(lock, store, epochs, producers, watermarks);
        this.appender = new LogAppender(store, epochs, producers, logProducers, watermarks, maintenance::roll);
        this.timestampSearch = new TimestampSearch(store, epochs, watermarks);
        this.metadataFile = metadataFile();
        this.topicId = metadataFile.exists() ? Optional.of(metadataFile.read().topicId()) : Optional.empty();
        wantedTopicId.ifPresent(this::assignTopicId);
    }

    private PartitionMetadataFile metadataFile() {
        return new PartitionMetadataFile(
                PartitionMetadataFile.newFile(store.dir()), store.environment().failures());
    }

    public TopicPartition topicPartition() {
        return store.topicPartition();
    }

    /** The log's own directory; it changes when the log is renamed for deletion. */
    public File dir() {
        return store.dir();
    }

    /** The entry of log.dirs that holds this log, as an absolute path. */
    public String logDir() {
        return store.logDir();
    }

    public LogConfig config() {
        return store.config();
    }

    /** Takes effect with the next append, roll or retention check. */
    public void updateConfig(LogConfig newConfig) {
        store.updateConfig(newConfig);
    }

    public Optional<Uuid> topicId() {
        return topicId;
    }

    /**
     * Records the topic's id in partition.metadata, which is on disk before the first record is.
     *
     * @throws InconsistentTopicIdException when the log belongs to another topic of the same name
     */
    public void assignTopicId(Uuid id) {
        synchronized (lock) {
            if (topicId.isPresent() && !topicId.get().equals(id)) {
                throw new InconsistentTopicIdException("The log of " + topicPartition() + " in " + dir()
                        + " belongs to topic id " + topicId.get() + ", not " + id);
            }
            if (topicId.isEmpty()) {
                metadataFile.record(id);
                metadataFile.maybeFlush();
                topicId = Optional.of(id);
            }
        }
    }

    /** As {@link #appendAsLeader(MemoryRecords, int, AppendOrigin, VerificationGuard)}, with no verified transaction. */
    public LogAppendInfo appendAsLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin) {
        return appendAsLeader(records, leaderEpoch, origin, VerificationGuard.SENTINEL);
    }

    /**
     * Checks the records, gives them offsets and appends them. The bytes of {@code records} may be changed.
     *
     * @param guard what {@link LogProducers#startVerification} gave, for transactional records
     * @return the offsets; those of the earlier append when an idempotent producer repeats itself
     * @throws org.apache.kafka.common.errors.ApiException or
     *     {@link org.apache.kafka.storage.internals.log.RecordValidationException} when the records are refused; see
     *     {@link AppendFailure} for the error to answer. Nothing was appended then.
     */
    public LogAppendInfo appendAsLeader(
            MemoryRecords records, int leaderEpoch, AppendOrigin origin, VerificationGuard guard) {
        LogAppendInfo info = checks.forLeader(records, origin, config().maxMessageSize(), watermarks.logStartOffset());
        if (info.validBytes() == 0) {
            return info;
        }
        MemoryRecords whole = BatchChecks.trimmed(records, info.validBytes());
        return append(() -> appender.asLeader(whole, info, leaderEpoch, origin, guard));
    }

    /**
     * Appends records as the leader stamped them.
     *
     * @throws UnexpectedAppendOffsetException when they begin below the log end
     * @throws org.apache.kafka.common.errors.CorruptRecordException when a batch is damaged
     */
    public LogAppendInfo appendAsFollower(MemoryRecords records) {
        LogAppendInfo info = checks.forFollower(records, watermarks.logStartOffset());
        if (info.validBytes() == 0) {
            return info;
        }
        MemoryRecords whole = BatchChecks.trimmed(records, info.validBytes());
        return append(() -> appender.asFollower(whole, info));
    }

    private LogAppendInfo append(LogEnvironment.DiskWork<LogAppendInfo> work) {
        synchronized (lock) {
            LogAppendInfo info = store.onDisk("appending", () -> {
                store.requireOpen();
                return work.run();
            });
            if (store.unflushedMessages() >= config().flushInterval) {
                flush();
            }
            return info;
        }
    }

    /**
     * Records from {@code startOffset} on, as slices of files.
     *
     * @param maxLength bytes
     * @param minOneMessage whether the first batch comes whole even if it is longer than {@code maxLength}
     * @throws OffsetOutOfRangeException when the offset is below the log start or beyond the log end
     */
    public FetchDataInfo read(long startOffset, int maxLength, FetchIsolation isolation, boolean minOneMessage) {
        if (startOffset < logStartOffset()) {
            throw new OffsetOutOfRangeException("Offset " + startOffset + " of " + topicPartition()
                    + " is out of range: the log starts at " + logStartOffset());
        }
        LogOffsetMetadata bound = switch (isolation) {
            case LOG_END -> store.end();
            case HIGH_WATERMARK -> watermarks.highWatermarkMetadata();
            case TXN_COMMITTED -> watermarks.lastStableMetadata();
        };
        return reader.read(startOffset, maxLength, minOneMessage, bound, isolation == FetchIsolation.TXN_COMMITTED);
    }

    public long logStartOffset() {
        return watermarks.logStartOffset();
    }

    public long logEndOffset() {
        return store.endOffset();
    }

    public LogOffsetMetadata logEndOffsetMetadata() {
        return store.end();
    }

    public long highWatermark() {
        return watermarks.highWatermark();
    }

    public long lastStableOffset() {
        return watermarks.lastStableOffset();
    }

    /** Log start, log end, high watermark and last stable offset, with their positions. */
    public LogOffsetSnapshot offsetSnapshot() {
        return watermarks.snapshot();
    }

    /** Segment and position of an offset; only the offset when the log does not hold it. */
    public LogOffsetMetadata offsetMetadata(long offset) {
        return reader.metadataOrBare(offset);
    }

    /** Sets the high watermark, held between log start and log end; it may go back. @return the offset it took */
    public long updateHighWatermark(long offset) {
        return watermarks.update(new LogOffsetMetadata(offset));
    }

    /** As {@link #updateHighWatermark(long)}, with the position. */
    public long updateHighWatermark(LogOffsetMetadata metadata) {
        return watermarks.update(metadata);
    }

    /** As {@link #updateHighWatermark(long)}. @return the new offset, if it changed */
    public OptionalLong maybeUpdateHighWatermark(long offset) {
        return watermarks.maybeUpdate(offset);
    }

    /**
     * Raises the high watermark; never lowers it.
     *
     * @return the former one, if it was raised
     * @throws IllegalArgumentException when it would pass the log end
     */
    public Optional<LogOffsetMetadata> maybeIncrementHighWatermark(LogOffsetMetadata metadata) {
        return watermarks.maybeIncrement(metadata);
    }

    /** Tells the listener of every change of the high watermark, under the log's lock. There is one listener. */
    public void setOffsetsListener(LogOffsetsListener listener) {
        watermarks.listen(listener);
    }

    /** The newest leader epoch this log knows. */
    public OptionalInt latestEpoch() {
        return epochs.latestEpoch();
    }

    /** The largest known epoch up to the one asked for, and where it ends (KIP-101, KIP-279). */
    public Optional<OffsetAndEpoch> endOffsetForEpoch(int leaderEpoch) {
        var found = epochs.endOffsetFor(leaderEpoch, logEndOffset());
        return found.getValue() == OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH_OFFSET
                ? Optional.empty()
                : Optional.of(new OffsetAndEpoch(found.getValue(), found.getKey()));
    }

    /** Notes that a leader epoch begins at an offset, unless that is known. */
    public void assignEpochStartOffset(int leaderEpoch, long startOffset) {
        epochs.assign(leaderEpoch, startOffset);
    }

    /**
     * The first record at or after a timestamp, in ms, or where one of ListOffsets' special timestamps points.
     *
     * @return empty when no record is that new
     */
    public Optional<TimestampAndOffset> fetchOffsetByTimestamp(long timestamp) {
        return store.onDisk("searching a timestamp", () -> timestampSearch.find(timestamp));
    }

    /** ListOffsets v0: up to {@code maxOffsets} segment starts not newer than a timestamp, newest first. */
    public List<Long> legacyOffsetsBefore(long timestamp, int maxOffsets) {
        return timestampSearch.segmentStartsBefore(timestamp, maxOffsets);
    }

    /**
     * Moves the log start up, as DeleteRecords and retention do.
     *
     * @return whether it moved
     * @throws OffsetOutOfRangeException when the offset is beyond the high watermark
     */
    public boolean maybeIncrementLogStartOffset(long offset, LogStartOffsetIncrementReason reason) {
        return maintenance.raiseLogStart(offset, reason);
    }

    /**
     * Removes segments that retention.ms, retention.bytes or the log start retire, never one at or above the high
     * watermark.
     *
     * @return how many segments went
     */
    int deleteOldSegments() {
        return store.onDisk("applying retention", () -> {
            int removed = 0;
            for (LogRetention rule : LogRetention.rulesOf(config())) {
                removed += maintenance.retire(rule);
            }
            return removed;
        });
    }

    /** Closes the active segment and starts a new one at the log end. */
    public void roll() {
        store.onDisk("rolling a segment", () -> maintenance.roll(OptionalLong.empty()));
    }

    /** Forces all records to disk and moves the recovery point to the log end. */
    public void flush() {
        maintenance.flush(logEndOffset());
    }

    /** Cuts the log so that it ends at {@code offset}. */
    LogMaintenance.Cut truncateTo(long offset) {
        return store.onDisk("truncating", () -> maintenance.truncateTo(offset));
    }

    /** Empties the log and lets it end at {@code offset}; the log start may be said to lie lower. */
    void truncateFullyAndStartAt(long offset, OptionalLong logStartOffset) {
        store.onDisk("emptying", () -> maintenance.truncateFullyAndStartAt(offset, logStartOffset));
    }

    /** Takes a producer snapshot and closes the files. Records that were not flushed stay in the page cache. */
    void close() {
        store.onDisk("closing", maintenance::close);
    }

    /** From now on every change is refused, as after a disk error. */
    void refuseWrites() {
        store.markClosed();
    }

    /** Lets go of the files without writing, as after a disk error. */
    void closeHandlers() {
        store.closeHandlers();
    }

    void renameForDeletion() {
        store.onDisk("renaming", () -> maintenance.retireDir(LogDirNames.forDeletion(topicPartition())));
    }

    /** Gives a copy, or a log that was renamed for deletion, the name of the partition's log. */
    void renameToCurrent() {
        store.onDisk("renaming", () -> maintenance.moveDir(LogDirNames.of(topicPartition())));
        metadataFile = metadataFile();
    }

    /** Takes over the leader epochs of a log of the same records, also of epochs that have none. */
    void inheritEpochs(PartitionLog other) {
        epochs.become(other.epochs);
    }

    /** Removes all files now. */
    void delete() {
        store.onDisk("deleting", maintenance::delete);
    }

    /** The store beneath, for the manager and the cleaner. */
    SegmentStore store() {
        return store;
    }

    LogMaintenance maintenance() {
        return maintenance;
    }

    /** Aborted transactions that the segments in a range of offsets know of. */
    List<AbortedTxn> abortedTransactions(long fromOffset, long upperBound) {
        return reader.abortedTransactions(logStartOffset(), fromOffset, upperBound);
    }

    /** What this log knows of its idempotent and transactional producers. */
    public LogProducers producers() {
        return logProducers;
    }

    public long sizeInBytes() {
        return store.segments().sizeInBytes();
    }

    public int numberOfSegments() {
        return store.segments().numberOfSegments();
    }

    @Override
    public String toString() {
        return "PartitionLog(" + topicPartition() + " in " + logDir() + ", start " + logStartOffset()
                + ", high watermark " + highWatermark() + ", end " + logEndOffset() + ")";
    }
}
