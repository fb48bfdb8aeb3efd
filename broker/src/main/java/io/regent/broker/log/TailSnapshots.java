package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.SnapshotFile;

/**
 * Has producer state snapshotted from time to time as a log grows. A follower that truncates reads all that comes after the
 * newest snapshot below, and whoever writes with acks=all waits for it: without these it may be a whole segment. Called
 * under the partition log's lock.
 */
final class TailSnapshots {
    private static final int EVERY_BYTES = 16 * 1024 * 1024;

    /** A truncation may go below the last. */
    private static final int KEPT = 2;

    private final ProducerStateManager producers;
    private final LogSegments segments;
    private final Deque<Long> taken = new ArrayDeque<>();
    private long bytesSince;

    TailSnapshots(ProducerStateManager producers, LogSegments segments) {
        this.producers = producers;
        this.segments = segments;
    }

    /** Called when the producer state is that of the log's end. The snapshot is left to the page cache. */
    void appended(int bytes) throws IOException {
        bytesSince += bytes;
        if (bytesSince < EVERY_BYTES) {
            return;
        }
        bytesSince = 0;
        if (producers.isEmpty() || producers.takeSnapshot(false).isEmpty()) {
            return;
        }
        taken.add(producers.mapEndOffset());
        if (taken.size() > KEPT) {
            delete(taken.remove());
        }
    }

    private void delete(long offset) throws IOException {
        if (segments.contains(offset)) {
            // A segment was rolled there, and its snapshot goes when it goes.
            return;
        }
        Optional<SnapshotFile> snapshot = producers.removeAndMarkSnapshotForDeletion(offset);
        if (snapshot.isPresent()) {
            snapshot.get().deleteIfExists();
        }
    }
}
