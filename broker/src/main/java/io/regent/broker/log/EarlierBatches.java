package io.regent.broker.log;

import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.record.FileRecords.LogOffsetPosition;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogSegments;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;

/**
 * Finds in the log a batch that a producer sends again and that its state, which knows the last five, has forgotten.
 *
 * <p>A producer has five requests under way to each broker. While an old leader still owes it answers, it may have five newer
 * batches acknowledged by the new one, which has the older ones, too. Each retry of those would be out of order until the
 * producer gives them up after {@code delivery.timeout.ms}. Called under the partition log's lock.
 */
final class EarlierBatches {
    /** How many offsets below the batches that are remembered it looks through. */
    private static final long LOOK_BACK = 5_000;

    private final LogSegments segments;

    EarlierBatches(LogSegments segments) {
        this.segments = segments;
    }

    /** @return where the very same batch lies; empty when it was not found, or is none of the earlier ones */
    Optional<BatchMetadata> find(RecordBatch sent, ProducerStateEntry producer) throws IOException {
        boolean isEarlier = !producer.isEmpty()
                && sent.producerEpoch() == producer.producerEpoch()
                && sent.lastSequence() < producer.firstSeq();
        if (!isEarlier) {
            return Optional.empty();
        }
        long end = producer.firstDataOffset();
        long from = Math.max(0, end - LOOK_BACK);
        for (LogSegment segment : segments.values(from, end)) {
            LogOffsetPosition start = segment.translateOffset(Math.max(from, segment.baseOffset()));
            if (start == null) {
                continue;
            }
            for (RecordBatch batch : segment.log().batchesFrom(start.position)) {
                if (batch.baseOffset() >= end) {
                    return Optional.empty();
                }
                if (isSame(sent, batch)) {
                    int offsetDelta = Math.toIntExact(batch.lastOffset() - batch.baseOffset());
                    return Optional.of(new BatchMetadata(
                            batch.lastSequence(), batch.lastOffset(), offsetDelta, batch.maxTimestamp()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(RecordBatch sent, RecordBatch batch) {
        return batch.producerId() == sent.producerId()
                && batch.producerEpoch() == sent.producerEpoch()
                && batch.baseSequence() == sent.baseSequence()
                && batch.lastSequence() == sent.lastSequence();
    }
}
