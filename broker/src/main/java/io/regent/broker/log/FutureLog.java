package io.regent.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy of a partition's log that is made in another directory of this broker, to take the log's place (KIP-113).
 *
 * <p>Any thread may call it. Its monitor keeps a copying step and a truncation of the partition's log apart, so that
 * nothing is copied that is being cut off. It never takes the place by itself: {@link LogManager#promote} does.
 */
public final class FutureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FutureLog.class);

    private final PartitionLog log;
    private final Consumer<String> checkpoint;

    /** @param checkpoint writes the recovery points of a log directory */
    FutureLog(PartitionLog log, Consumer<String> checkpoint) {
        this.log = log;
        this.checkpoint = checkpoint;
    }

    /** The copy. */
    public PartitionLog log() {
        return log;
    }

    public TopicPartition topicPartition() {
        return log.topicPartition();
    }

    /** What came of a step. */
    public enum Step {
        /** Something was copied or cut, and more may follow at once. */
        ADVANCED,
        /** The copy holds all that the log held a moment ago. */
        CAUGHT_UP,
        /** The log ends above its last record, where there is nothing to copy: the next append will change that. */
        STUCK
    }

    /**
     * Copies what comes next.
     *
     * @param current the partition's log
     * @param maxBytes of records; one batch comes whole even if it is longer
     * @return the step, and how many bytes were copied
     * @throws KafkaStorageException when a disk fails, or one of the logs is gone
     */
    public synchronized Copied copy(PartitionLog current, int maxBytes) {
        if (align(current)) {
            return new Copied(Step.ADVANCED, 0);
        }
        int bytes = log.logEndOffset() < current.logEndOffset() ? append(current, maxBytes) : 0;
        log.updateHighWatermark(current.highWatermark());
        log.maybeIncrementLogStartOffset(
                Math.min(current.logStartOffset(), log.highWatermark()),
                LogStartOffsetIncrementReason.LeaderOffsetIncremented);
        if (log.logEndOffset() >= current.logEndOffset()) {
            return new Copied(Step.CAUGHT_UP, bytes);
        }
        return new Copied(bytes == 0 ? Step.STUCK : Step.ADVANCED, bytes);
    }

    /** A step and the bytes it copied. */
    public record Copied(Step step, int bytes) {}

    private int append(PartitionLog current, int maxBytes) {
        Records found = current.read(log.logEndOffset(), maxBytes, FetchIsolation.LOG_END, true).records;
        if (found.sizeInBytes() == 0) {
            return 0;
        }
        MemoryRecords records = current.store().onDisk("copying", () -> inMemory(found));
        return FollowerAppend.append(log, records, this::restartAt).validBytes();
    }

    private static MemoryRecords inMemory(Records records) throws IOException {
        if (records instanceof MemoryRecords already) {
            return already;
        }
        ByteBuffer buffer = ByteBuffer.allocate(records.sizeInBytes());
        ((FileRecords) records).readInto(buffer, 0);
        return MemoryRecords.readableRecords(buffer);
    }

    /**
     * Cuts off what the log does not hold: it may have been truncated or emptied while this copy was not there to see
     * it, before a restart. One round of it, as between followers and leaders (KIP-279).
     *
     * @return whether something was cut
     */
    private boolean align(PartitionLog current) {
        long end = log.logEndOffset();
        if (end < current.logStartOffset()) {
            restartAt(current.logStartOffset());
            return true;
        }
        OptionalInt epoch = log.latestEpoch();
        if (epoch.isEmpty()) {
            boolean longer = end > current.logEndOffset();
            cutTo(Math.min(end, current.logEndOffset()));
            return longer;
        }
        Optional<OffsetAndEpoch> theirs = current.endOffsetForEpoch(epoch.getAsInt());
        if (theirs.isEmpty()) {
            restartAt(current.logStartOffset());
            return true;
        }
        boolean sameEpoch = theirs.get().leaderEpoch() == epoch.getAsInt();
        if (sameEpoch && theirs.get().offset() >= end) {
            return false;
        }
        long ours = log.endOffsetForEpoch(theirs.get().leaderEpoch())
                .map(OffsetAndEpoch::offset)
                .orElse(current.logStartOffset());
        cutTo(Math.min(end, Math.min(ours, theirs.get().offset())));
        return true;
    }

    private void cutTo(long offset) {
        if (log.truncateTo(offset) == LogMaintenance.Cut.FLUSHED) {
            // Before new records come: above a stale recovery point they would not be recovered after a crash.
            checkpoint.accept(log.logDir());
        }
    }

    private void restartAt(long offset) {
        LOG.info("The copy of {} in {} begins anew at offset {}", topicPartition(), log.logDir(), offset);
        log.truncateFullyAndStartAt(offset, OptionalLong.empty());
        checkpoint.accept(log.logDir());
    }

    /**
     * Truncates the partition's log, and then this copy likewise. A disk error of the copy ends the copy only.
     *
     * @param truncation of the partition's log, which ends at {@code offset} afterwards, or below
     */
    synchronized void truncateAlongside(Runnable truncation, long offset) {
        truncation.run();
        try {
            if (log.logEndOffset() > offset) {
                cutTo(offset);
            }
        } catch (KafkaStorageException e) {
            LOG.error("The copy of {} in {} could not be truncated", topicPartition(), log.logDir(), e);
        }
    }

    /** Takes from the log what records do not tell; they are equal otherwise, and neither is written to meanwhile. */
    void inherit(PartitionLog current) {
        current.topicId().ifPresent(log::assignTopicId);
        log.inheritEpochs(current);
        log.updateHighWatermark(current.highWatermark());
        if (log.store().recoveryPoint() < current.store().recoveryPoint()) {
            // What a power failure would have spared in the one directory it must spare in the other.
            log.flush();
        }
    }
}
