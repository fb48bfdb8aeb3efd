package io.regent.broker.log;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.common.record.ControlRecordType;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.TransactionIndex;

/**
 * Tells, while a log is read from front to back, which batches belong to aborted transactions and which transaction
 * markers no longer mark anything. Used by one thread for one pass. It never removes a marker before the records.
 */
final class CleanedTransactions {
    private final PriorityQueue<AbortedTxn> toCome =
            new PriorityQueue<>(Comparator.comparingLong(AbortedTxn::firstOffset));
    private final Map<Long, Aborted> openAborted = new HashMap<>();
    private final Set<Long> openCommitted = new HashSet<>();
    private Optional<TransactionIndex> cleanedIndex = Optional.empty();

    /** An aborted transaction whose marker has not come yet. */
    private static final class Aborted {
        private final AbortedTxn transaction;
        private boolean hasBatches;

        Aborted(AbortedTxn transaction) {
            this.transaction = transaction;
        }
    }

    void add(Collection<AbortedTxn> aborted) {
        toCome.addAll(aborted);
    }

    /** Where the aborted transactions go whose records are still there after cleaning. */
    void writeTo(TransactionIndex index) {
        cleanedIndex = Optional.of(index);
    }

    /** Reads the next batch. @return whether it may be dropped as far as transactions are concerned */
    boolean canDiscard(RecordBatch batch) throws IOException {
        if (batch.isControlBatch()) {
            return canDiscardMarker(batch);
        }
        if (!batch.isTransactional()) {
            return false;
        }
        open(batch.lastOffset());
        Aborted aborted = openAborted.get(batch.producerId());
        if (aborted == null) {
            openCommitted.add(batch.producerId());
            return false;
        }
        aborted.hasBatches = true;
        return true;
    }

    private boolean canDiscardMarker(RecordBatch batch) throws IOException {
        open(batch.lastOffset());
        Iterator<Record> records = batch.iterator();
        if (!records.hasNext()) {
            // The marker itself went in an earlier pass; the batch only kept the producer's state.
            return true;
        }
        return switch (ControlRecordType.parse(records.next().key())) {
            case ABORT -> abortEnds(batch.producerId());
            case COMMIT -> !openCommitted.remove(batch.producerId());
            default -> false;
        };
    }

    /** A marker stays for one more pass when records of its transaction were seen, and so does its index entry. */
    private boolean abortEnds(long producerId) throws IOException {
        Aborted aborted = openAborted.remove(producerId);
        if (aborted == null || !aborted.hasBatches) {
            return true;
        }
        if (cleanedIndex.isPresent()) {
            cleanedIndex.get().append(aborted.transaction);
        }
        return false;
    }

    private void open(long offset) {
        while (!toCome.isEmpty() && toCome.peek().firstOffset() <= offset) {
            AbortedTxn next = toCome.poll();
            openAborted.putIfAbsent(next.producerId(), new Aborted(next));
        }
    }
}
