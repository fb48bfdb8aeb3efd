package io.regent.broker.log;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets that bound what may be read: log start, high watermark and last stable offset. Getters may be called by
 * any thread; changes take the partition log's lock. It never writes to disk.
 */
final class Watermarks {
    private static final Logger LOG = LoggerFactory.getLogger(Watermarks.class);

    private final Object lock;
    private final SegmentStore store;
    private final LogReader reader;
    private final ProducerStateManager producers;

    private volatile long logStartOffset;
    private volatile LogOffsetMetadata highWatermark;
    private volatile Optional<LogOffsetMetadata> firstUnstable = Optional.empty();
    private volatile LogOffsetsListener listener = LogOffsetsListener.NO_OP_OFFSETS_LISTENER;

    Watermarks(Object lock, SegmentStore store, LogReader reader, ProducerStateManager producers, long logStartOffset) {
        this.lock = lock;
        this.store = store;
        this.reader = reader;
        this.producers = producers;
        this.logStartOffset = logStartOffset;
        this.highWatermark = new LogOffsetMetadata(logStartOffset);
        store.raiseRecoveryPoint(logStartOffset);
        refreshFirstUnstable();
    }

    void listen(LogOffsetsListener newListener) {
        listener = newListener;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    long highWatermark() {
        return highWatermark.messageOffset;
    }

    /** The high watermark with its position, which is looked up once when only the offset was known. */
    LogOffsetMetadata highWatermarkMetadata() {
        LogOffsetMetadata known = highWatermark;
        if (!known.messageOffsetOnly()) {
            return known;
        }
        synchronized (lock) {
            LogOffsetMetadata located = reader.metadataOrBare(highWatermark.messageOffset);
            set(located);
            return located;
        }
    }

    long lastStableOffset() {
        long watermark = highWatermark.messageOffset;
        return firstUnstable
                .map(unstable -> Math.min(unstable.messageOffset, watermark))
                .orElse(watermark);
    }

    LogOffsetMetadata lastStableMetadata() {
        // Read once: an update in between must not let the result pass the watermark it was compared with.
        LogOffsetMetadata watermark = highWatermarkMetadata();
        Optional<LogOffsetMetadata> unstable = firstUnstable;
        if (unstable.isEmpty() || unstable.get().messageOffset >= watermark.messageOffset) {
            return watermark;
        }
        if (!unstable.get().messageOffsetOnly()) {
            return unstable.get();
        }
        synchronized (lock) {
            LogOffsetMetadata located = reader.metadataOrBare(unstable.get().messageOffset);
            if (firstUnstable.equals(unstable)) {
                firstUnstable = Optional.of(located);
            }
            return located;
        }
    }

    LogOffsetSnapshot snapshot() {
        LogOffsetMetadata stable = lastStableMetadata();
        LogOffsetMetadata watermark = highWatermarkMetadata();
        return new LogOffsetSnapshot(logStartOffset, store.end(), watermark, stable);
    }

    /** Sets the high watermark, held between log start and log end. @return the offset it took */
    long update(LogOffsetMetadata wanted) {
        synchronized (lock) {
            LogOffsetMetadata end = store.end();
            LogOffsetMetadata bounded = wanted.messageOffset < logStartOffset
                    ? new LogOffsetMetadata(logStartOffset)
                    : wanted.messageOffset >= end.messageOffset ? end : wanted;
            set(bounded);
            return bounded.messageOffset;
        }
    }

    /** @return the new offset, if it changed */
    OptionalLong maybeUpdate(long offset) {
        synchronized (lock) {
            long before = highWatermark.messageOffset;
            long after = update(new LogOffsetMetadata(offset));
            return after == before ? OptionalLong.empty() : OptionalLong.of(after);
        }
    }

    /**
     * Raises the high watermark, or moves it onto a newer segment at the same offset after a roll.
     *
     * @return the former one, if it was raised
     * @throws IllegalArgumentException when the new one is beyond the log end
     */
    Optional<LogOffsetMetadata> maybeIncrement(LogOffsetMetadata wanted) {
        if (wanted.messageOffset > store.endOffset()) {
            throw new IllegalArgumentException("High watermark " + wanted + " of " + store.topicPartition()
                    + " would pass the log end " + store.end());
        }
        synchronized (lock) {
            LogOffsetMetadata old = highWatermarkMetadata();
            boolean higher = old.messageOffset < wanted.messageOffset;
            boolean rolled = old.messageOffset == wanted.messageOffset && old.onOlderSegment(wanted);
            if (!higher && !rolled) {
                return Optional.empty();
            }
            set(wanted);
            return Optional.of(old);
        }
    }

    /** After a truncation or a roll: the watermark may not pass the end, nor keep a position on an older segment. */
    void followEnd() {
        synchronized (lock) {
            if (highWatermark.messageOffset >= store.endOffset()) {
                set(store.end());
            }
        }
    }

    private void set(LogOffsetMetadata next) {
        synchronized (lock) {
            if (next.messageOffset < highWatermark.messageOffset) {
                LOG.warn(
                        "High watermark of {} goes back from {} to {}",
                        store.topicPartition(),
                        highWatermark.messageOffset,
                        next.messageOffset);
            }
            highWatermark = next;
            producers.onHighWatermarkUpdated(next.messageOffset);
            listener.onHighWatermarkUpdated(next.messageOffset);
            refreshFirstUnstable();
        }
    }

    /** Raises the log start; the caller has checked that it does not pass the high watermark. */
    void raiseLogStart(long offset) {
        synchronized (lock) {
            moveLogStart(offset);
            if (highWatermark.messageOffset < offset) {
                update(new LogOffsetMetadata(offset));
            }
            store.raiseRecoveryPoint(offset);
        }
    }

    /** Puts the log start anywhere, as a truncation may have to. */
    void moveLogStart(long offset) {
        logStartOffset = offset;
    }

    /** Takes the start of the oldest open transaction from the producer state. */
    void refreshFirstUnstable() {
        synchronized (lock) {
            firstUnstable = producers.firstUnstableOffset().map(unstable -> {
                boolean located = !unstable.messageOffsetOnly() && unstable.messageOffset >= logStartOffset;
                return located ? unstable : reader.metadataOrBare(Math.max(unstable.messageOffset, logStartOffset));
            });
        }
    }
}
