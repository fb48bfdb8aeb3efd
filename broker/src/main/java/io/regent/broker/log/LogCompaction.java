package io.regent.broker.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.storage.internals.log.LastRecord;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegmentOffsetOverflowException;
import org.apache.kafka.storage.internals.log.OffsetMap;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One compaction pass over one log: rewrites its old segments without the records that newer ones supersede. Used by
 * one thread; the log is read and appended to meanwhile. It never touches the active segment.
 */
final class LogCompaction {
    private static final Logger LOG = LoggerFactory.getLogger(LogCompaction.class);

    /** An MD5 hash and an offset. */
    private static final int BYTES_PER_KEY = 24;

    /** Room for about 2,700 keys, so that small dirty parts need no arithmetic at the edge. */
    private static final long MIN_MAP_BYTES = 64L << 10;

    private final CleaningCandidate candidate;
    private final PartitionLog log;
    private final LogConfig config;
    private final Resources resources;
    private final Runnable checkWanted;
    private final CleanedTransactions transactions = new CleanedTransactions();

    /**
     * What a pass may use.
     *
     * @param maxMapBytes the largest offset map
     * @param loadFactor how full the map may get
     */
    record Resources(long maxMapBytes, double loadFactor, SegmentChunks chunks, long nowMs) {}

    /** @param checkWanted throws when the pass should end early */
    LogCompaction(CleaningCandidate candidate, Resources resources, Runnable checkWanted) {
        this.candidate = candidate;
        this.log = candidate.log();
        this.config = log.config();
        this.resources = resources;
        this.checkWanted = checkWanted;
    }

    /** @return the offset up to which the log is clean now */
    long run() throws IOException {
        long sizeBefore = log.sizeInBytes();
        try {
            OffsetMap map = newMap();
            int maxEntries = (int) (map.slots() * resources.loadFactor());
            long cleanedTo = new OffsetMapBuilder(candidate, map, maxEntries, resources.chunks(), checkWanted).build();
            if (cleanedTo <= candidate.firstDirty()) {
                throw new KafkaException("A single batch at offset " + candidate.firstDirty() + " of "
                        + log.topicPartition() + " has more keys than log.cleaner.dedupe.buffer.size has room for");
            }
            RetentionFilter.Pass pass = new RetentionFilter.Pass(map, resources.nowMs(), config.deleteRetentionMs);
            long legacyHorizonMs = legacyHorizonMs();
            for (List<LogSegment> group : groups(cleanedTo)) {
                clean(group, pass, legacyHorizonMs);
            }
            LOG.info(
                    "Cleaned {} up to offset {}: {} bytes became {}",
                    log.topicPartition(),
                    cleanedTo,
                    sizeBefore,
                    log.sizeInBytes());
            return cleanedTo;
        } catch (DigestException | NoSuchAlgorithmException e) {
            throw new KafkaException("Cannot hash keys", e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            resources.chunks().shrink();
        }
    }

    /** As large as this pass can need, since most are small, and not larger than allowed. */
    private OffsetMap newMap() throws NoSuchAlgorithmException {
        long mostKeys = candidate.firstUncleanable() - candidate.firstDirty();
        long needed = (long) ((mostKeys + 1.0) * BYTES_PER_KEY / resources.loadFactor());
        long bytes = Math.min(resources.maxMapBytes(), Math.max(MIN_MAP_BYTES, needed));
        return new SkimpyOffsetMap((int) Math.min(Integer.MAX_VALUE, bytes));
    }

    /** Tombstones of formats before v2 go by their segment's age. */
    private long legacyHorizonMs() {
        return log.store()
                .segments()
                .lowerSegment(candidate.firstDirty())
                .map(last -> last.lastModified() - config.deleteRetentionMs)
                .orElse(0L);
    }

    /** Neighbours that fit into one segment, so that small ones merge. */
    private List<List<LogSegment>> groups(long cleanedTo) throws IOException {
        List<LogSegment> segments = List.copyOf(log.store().segments().values(0, cleanedTo));
        List<List<LogSegment>> groups = new ArrayList<>();
        SegmentGroup current = null;
        for (int i = 0; i < segments.size(); i++) {
            long end = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : candidate.firstUncleanable();
            if (current == null || !current.accepts(segments.get(i), end)) {
                current = new SegmentGroup(config);
                groups.add(current.members);
            }
            current.add(segments.get(i));
        }
        return groups;
    }

    private static final class SegmentGroup {
        private final LogConfig config;
        private final List<LogSegment> members = new ArrayList<>();
        private long logBytes;
        private long offsetIndexBytes;
        private long timeIndexBytes;

        SegmentGroup(LogConfig config) {
            this.config = config;
        }

        boolean accepts(LogSegment next, long nextEnd) throws IOException {
            boolean offsetsFit =
                    next.size() == 0 || nextEnd - 1 - members.getFirst().baseOffset() <= Integer.MAX_VALUE;
            return offsetsFit
                    && logBytes + next.size() <= config.segmentSize
                    && offsetIndexBytes + next.offsetIndex().sizeInBytes() <= config.maxIndexSize
                    && timeIndexBytes + next.timeIndex().sizeInBytes() <= config.maxIndexSize;
        }

        void add(LogSegment next) throws IOException {
            members.add(next);
            logBytes += next.size();
            offsetIndexBytes += next.offsetIndex().sizeInBytes();
            timeIndexBytes += next.timeIndex().sizeInBytes();
        }
    }

    private void clean(List<LogSegment> group, RetentionFilter.Pass pass, long legacyHorizonMs) throws IOException {
        LogSegment cleaned =
                SegmentFiles.createCleaned(log.dir(), config, group.getFirst().baseOffset());
        try {
            transactions.writeTo(cleaned.txnIndex());
            Map<Long, LastRecord> lastRecords = lastRecords();
            for (int i = 0; i < group.size(); i++) {
                LogSegment source = group.get(i);
                long end = i + 1 < group.size() ? group.get(i + 1).baseOffset() : source.readNextOffset();
                transactions.add(log.abortedTransactions(source.baseOffset(), end));
                boolean retainLegacy = source.lastModified() > legacyHorizonMs;
                copy(source, cleaned, new RetentionFilter(pass, transactions, lastRecords, retainLegacy));
            }
            cleaned.onBecomeInactiveSegment();
            cleaned.flush();
            cleaned.setLastModified(group.getLast().lastModified());
        } catch (IOException | RuntimeException e) {
            discard(cleaned, e);
            throw e;
        }
        log.maintenance().replace(List.of(cleaned), group);
    }

    private void copy(LogSegment source, LogSegment destination, RetentionFilter filter) throws IOException {
        ByteBuffer output = ByteBuffer.allocate(resources.chunks().capacity());
        int position = 0;
        while (position < source.log().sizeInBytes()) {
            checkWanted.run();
            MemoryRecords records = resources.chunks().read(source.log(), position);
            output.clear();
            var result = records.filterTo(
                    log.topicPartition(), filter, output, config.maxMessageSize(), BufferSupplier.NO_CACHING);
            position += result.bytesRead();
            ByteBuffer retained = result.outputBuffer();
            if (retained.position() > 0) {
                retained.flip();
                append(destination, result.maxOffset(), MemoryRecords.readableRecords(retained), source);
            }
        }
    }

    private void append(LogSegment destination, long maxOffset, MemoryRecords retained, LogSegment source)
            throws IOException {
        try {
            destination.append(maxOffset, retained);
        } catch (LogSegmentOffsetOverflowException e) {
            LOG.info("Segment {} spans too many offsets; it is split and cleaned later", source);
            log.maintenance().split(source);
            throw new CleaningStates.CleaningAbortedException(log.topicPartition());
        }
    }

    private Map<Long, LastRecord> lastRecords() {
        Map<Long, LastRecord> last = new HashMap<>();
        log.producers().active().forEach((producerId, entry) -> {
            OptionalLong offset =
                    entry.lastDataOffset() >= 0 ? OptionalLong.of(entry.lastDataOffset()) : OptionalLong.empty();
            last.put(producerId, new LastRecord(offset, entry.producerEpoch()));
        });
        return last;
    }

    private static void discard(LogSegment cleaned, Exception cause) {
        try {
            cleaned.deleteIfExists();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
