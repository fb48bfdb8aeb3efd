package io.regent.broker.group;

import io.regent.broker.log.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.CoordinatorRecord;
import org.apache.kafka.coordinator.group.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.group.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.group.runtime.Deserializer;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a partition of {@code __consumer_offsets}, from its start to its end, into a coordinator.
 *
 * <p>Any thread may ask for a load; the reading happens on the given executor. Each load that still counts ends, well or
 * not, so that no coordinator stays "loading" for ever. A load that was forgotten or replaced by a newer one of the same
 * partition ends silently: the coordinator takes any completion for that of its newest load.
 */
final class GroupRecordLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupRecordLoader.class);

    private final GroupPartitions partitions;
    private final Deserializer<CoordinatorRecord> deserializer;
    /** How much one read asks for; only a single larger batch makes the buffer grow. */
    private final int bufferBytes;

    private final Executor executor;
    private final Consumer<TopicPartition> onFailure;
    private final Map<TopicPartition, Load> current = new HashMap<>();
    private boolean closed;

    /**
     * @param bufferBytes offsets.load.buffer.size
     * @param onFailure told, after the coordinator was, that a load which still counted has failed
     */
    GroupRecordLoader(
            GroupPartitions partitions,
            Deserializer<CoordinatorRecord> deserializer,
            int bufferBytes,
            Executor executor,
            Consumer<TopicPartition> onFailure) {
        this.partitions = partitions;
        this.deserializer = deserializer;
        this.bufferBytes = bufferBytes;
        this.executor = executor;
        this.onFailure = onFailure;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        Load load = new Load(partition, coordinator);
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedError());
            }
            current.put(partition, load);
        }
        try {
            executor.execute(load::run);
        } catch (RuntimeException rejected) {
            finish(load, () -> load.result.completeExceptionally(rejected));
        }
        return load.result;
    }

    /** Ends the partition's load silently; for a coordinator that is about to be unloaded. */
    synchronized void forget(TopicPartition partition) {
        current.remove(partition);
    }

    @Override
    public void close() {
        List<Load> unfinished;
        synchronized (this) {
            closed = true;
            unfinished = List.copyOf(current.values());
            current.clear();
        }
        unfinished.forEach(load -> load.result.completeExceptionally(closedError()));
    }

    private static CoordinatorNotAvailableException closedError() {
        return new CoordinatorNotAvailableException("the group coordinator is shutting down");
    }

    private synchronized boolean counts(Load load) {
        return current.get(load.partition) == load;
    }

    /** Completing under the lock orders every completion before or after a {@link #forget}, never across it. */
    private synchronized boolean finish(Load load, Runnable completion) {
        if (!current.remove(load.partition, load)) {
            return false;
        }
        completion.run();
        return true;
    }

    /** One load of one partition; runs once, on the executor. */
    private final class Load {
        final TopicPartition partition;
        final CompletableFuture<LoadSummary> result = new CompletableFuture<>();
        private final CoordinatorPlayback<CoordinatorRecord> coordinator;
        private final long askedMs = Time.SYSTEM.milliseconds();
        private ByteBuffer buffer = ByteBuffer.allocate(0);
        private long nextOffset;
        private long committedOffset = -1;
        private long records;
        private long bytes;
        private long unknownRecords;

        Load(TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> coordinator) {
            this.partition = partition;
            this.coordinator = coordinator;
        }

        void run() {
            long startMs = Time.SYSTEM.milliseconds();
            try {
                replayAll();
                LoadSummary summary =
                        new LoadSummary(askedMs, Time.SYSTEM.milliseconds(), startMs - askedMs, records, bytes);
                finish(this, () -> result.complete(summary));
            } catch (Exception | LinkageError failure) {
                if (finish(this, () -> result.completeExceptionally(failure))) {
                    onFailure.accept(partition);
                }
            }
        }

        /** The end is asked for anew before every read: followers may still be catching up with the leader's end. */
        private void replayAll() throws IOException {
            nextOffset = leaderLog().logStartOffset();
            while (counts(this)) {
                PartitionLog log = leaderLog();
                if (nextOffset >= log.logEndOffset() || !replayNext(log)) {
                    break;
                }
            }
            if (unknownRecords > 0) {
                LOG.warn(
                        "Skipped {} records of unknown type in {}: left there by a newer version",
                        unknownRecords,
                        partition);
            }
        }

        private PartitionLog leaderLog() {
            return partitions
                    .leaderLog(partition)
                    .orElseThrow(() -> new NotLeaderOrFollowerException(
                            "group records of " + partition + " cannot be loaded: it is not led by this broker"));
        }

        /** False when nothing could be read, as at the end of a compacted log whose last records are gone. */
        private boolean replayNext(PartitionLog log) throws IOException {
            MemoryRecords read = inMemory(log.read(nextOffset, bufferBytes, FetchIsolation.LOG_END, true).records);
            if (read.sizeInBytes() == 0) {
                return false;
            }
            for (RecordBatch batch : read.batches()) {
                replay(batch);
                nextOffset = batch.nextOffset();
                noteProgress(log.highWatermark());
            }
            bytes += read.sizeInBytes();
            return true;
        }

        private MemoryRecords inMemory(Records read) throws IOException {
            if (read instanceof MemoryRecords inMemory) {
                return inMemory;
            }
            FileRecords onDisk = (FileRecords) read;
            int needed = Math.max(bufferBytes, onDisk.sizeInBytes());
            if (buffer.capacity() < needed) {
                buffer = ByteBuffer.allocate(needed);
            }
            buffer.clear();
            onDisk.readInto(buffer, 0);
            return MemoryRecords.readableRecords(buffer);
        }

        private void replay(RecordBatch batch) {
            for (Record entry : batch) {
                if (batch.isControlBatch()) {
                    replayMarker(batch, ControlRecordType.parse(entry.key()));
                } else {
                    records++;
                    replay(batch, entry);
                }
            }
        }

        private void replayMarker(RecordBatch batch, ControlRecordType type) {
            if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                TransactionResult outcome =
                        type == ControlRecordType.COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT;
                coordinator.replayEndTransactionMarker(batch.producerId(), batch.producerEpoch(), outcome);
            }
        }

        private void replay(RecordBatch batch, Record entry) {
            CoordinatorRecord decoded;
            try {
                decoded = deserializer.deserialize(entry.key(), entry.value());
            } catch (UnknownRecordTypeException newer) {
                unknownRecords++;
                return;
            }
            coordinator.replay(entry.offset(), batch.producerId(), batch.producerEpoch(), decoded);
        }

        /** The coordinator may only be told offsets that rise, and a committed one that it has already replayed. */
        private void noteProgress(long highWatermark) {
            if (nextOffset >= highWatermark) {
                coordinator.updateLastWrittenOffset(nextOffset);
                if (highWatermark > committedOffset) {
                    coordinator.updateLastCommittedOffset(highWatermark);
                    committedOffset = highWatermark;
                }
            }
        }
    }
}
