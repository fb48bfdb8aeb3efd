package io.regent.broker.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Checks records about to be appended against what is known of their producers: duplicates, sequence gaps, epochs and
 * transactions (KIP-98, KIP-890). Called under the partition log's lock. It changes no producer's state before the
 * append; the caller applies the {@link Outcome} afterwards.
 */
final class ProducerValidation {
    /** In a partition's first leadership nothing can have been lost: all that was ever acknowledged is in the log. */
    private static final int FIRST_LEADER_EPOCH = 0;

    private final ProducerStateManager producers;
    private final LogProducers known;
    private final EarlierBatches earlier;

    ProducerValidation(ProducerStateManager producers, LogProducers known, EarlierBatches earlier) {
        this.producers = producers;
        this.known = known;
        this.earlier = earlier;
    }

    /** What an append does to producer state; with a duplicate nothing is to be appended. */
    record Outcome(
            Collection<ProducerAppendInfo> updates, List<CompletedTxn> completed, Optional<BatchMetadata> duplicate) {}

    /**
     * Checks every batch that names a producer.
     *
     * @param first where the first batch will lie
     * @throws org.apache.kafka.common.errors.OutOfOrderSequenceException on a sequence gap
     * @throws UnknownProducerIdException on a first batch that cannot be its first
     * @throws org.apache.kafka.common.errors.InvalidProducerEpochException on an older producer epoch
     * @throws InvalidTxnStateException on a transactional record that no transaction is known to hold
     */
    Outcome check(LogOffsetMetadata first, MemoryRecords records, AppendOrigin origin, VerificationGuard guard)
            throws IOException {
        Map<Long, ProducerAppendInfo> updates = new HashMap<>();
        List<CompletedTxn> completed = new ArrayList<>();
        int position = first.relativePositionInSegment;
        for (RecordBatch batch : records.batches()) {
            if (batch.hasProducerId()) {
                Optional<BatchMetadata> duplicate = duplicateOf(batch, origin);
                if (duplicate.isPresent()) {
                    return new Outcome(List.of(), List.of(), duplicate);
                }
                requireVerified(batch, origin, guard);
                if (origin == AppendOrigin.CLIENT && !updates.containsKey(batch.producerId())) {
                    requireBeginning(batch);
                }
                Optional<LogOffsetMetadata> transactionStart = batch.isTransactional()
                        ? Optional.of(new LogOffsetMetadata(batch.baseOffset(), first.segmentBaseOffset, position))
                        : Optional.empty();
                updates.computeIfAbsent(batch.producerId(), id -> producers.prepareUpdate(id, origin))
                        .append(batch, transactionStart)
                        .ifPresent(completed::add);
                if (batch.isTransactional()) {
                    // The transaction is open or over now; a later one needs a verification of its own.
                    producers.clearVerificationStateEntry(batch.producerId());
                }
            }
            position += batch.sizeInBytes();
        }
        return new Outcome(updates.values(), completed, Optional.empty());
    }

    private Optional<BatchMetadata> duplicateOf(RecordBatch batch, AppendOrigin origin) throws IOException {
        Optional<ProducerStateEntry> last =
                origin == AppendOrigin.CLIENT ? producers.lastEntry(batch.producerId()) : Optional.empty();
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Optional<BatchMetadata> remembered = last.get().findDuplicateBatch(batch);
        return remembered.isPresent() ? remembered : earlier.find(batch, last.get());
    }

    /**
     * Refuses a later batch of a producer that never wrote here. A producer has several requests under way; where the first
     * came before this broker knew that it leads, and was refused, a later one must not be taken in its place: every retry
     * of the first would be out of order for ever (KAFKA-14359). The producer takes a new epoch and begins again (KIP-360).
     * Where it may have been forgotten, or its records lost in an unclean election, it goes on with any sequence, as in Kafka.
     */
    private void requireBeginning(RecordBatch batch) {
        boolean firstLeadership = batch.partitionLeaderEpoch() == FIRST_LEADER_EPOCH;
        if (batch.baseSequence() > 0
                && firstLeadership
                && !known.hasForgotten()
                && producers.lastEntry(batch.producerId()).isEmpty()) {
            throw new UnknownProducerIdException("Producer " + batch.producerId() + " begins with sequence "
                    + batch.baseSequence() + ", but nothing that it sent before is in the log");
        }
    }

    private void requireVerified(RecordBatch batch, AppendOrigin origin, VerificationGuard guard) {
        boolean fromOutside = origin == AppendOrigin.CLIENT || origin == AppendOrigin.COORDINATOR;
        if (!fromOutside || !batch.isTransactional() || batch.isControlBatch() || hasOpen(batch.producerId())) {
            return;
        }
        boolean required = producers.producerStateManagerConfig().transactionVerificationEnabled();
        if (required && !guardOf(batch.producerId()).verify(guard)) {
            throw new InvalidTxnStateException("A transactional record of producer " + batch.producerId()
                    + " belongs to no transaction that its coordinator has confirmed");
        }
    }

    boolean hasOpen(long producerId) {
        var entry = producers.activeProducers().get(producerId);
        return entry != null && entry.currentTxnFirstOffset().isPresent();
    }

    private VerificationGuard guardOf(long producerId) {
        var entry = producers.verificationStateEntry(producerId);
        return entry == null ? VerificationGuard.SENTINEL : entry.verificationGuard();
    }
}
