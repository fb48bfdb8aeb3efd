package io.regent.broker.log;

import java.util.Map;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * What one log knows of its idempotent and transactional producers. Any thread may call it; it takes the partition
 * log's lock. It never appends anything.
 */
public final class LogProducers {
    private final Object lock;
    private final ProducerStateManager producers;
    private boolean hasForgotten;

    LogProducers(Object lock, ProducerStateManager producers) {
        this.lock = lock;
        this.producers = producers;
    }

    /** The last batches, epoch and open transaction of each producer, by producer id; a copy. */
    public Map<Long, ProducerStateEntry> active() {
        synchronized (lock) {
            return Map.copyOf(producers.activeProducers());
        }
    }

    /** Whether the producer has a transaction open in this log. */
    public boolean hasOngoingTransaction(long producerId) {
        synchronized (lock) {
            ProducerStateEntry entry = producers.activeProducers().get(producerId);
            return entry != null && entry.currentTxnFirstOffset().isPresent();
        }
    }

    /**
     * Begins to verify with the coordinator that a transaction holds this partition (KIP-890).
     *
     * @return the guard to append with; the sentinel when a transaction is open and nothing is to be verified
     */
    public VerificationGuard startVerification(long producerId, int sequence, short epoch) {
        synchronized (lock) {
            return hasOngoingTransaction(producerId)
                    ? VerificationGuard.SENTINEL
                    : producers
                            .maybeCreateVerificationStateEntry(producerId, sequence, epoch)
                            .verificationGuard();
        }
    }

    /** Whether a transaction is open that should have timed out: its coordinator has lost it. */
    public boolean hasLateTransaction(long nowMs) {
        return producers.hasLateTransaction(nowMs);
    }

    /** Forgets producers that wrote nothing for producer.id.expiration.ms. */
    void removeExpired(long nowMs) {
        synchronized (lock) {
            int before = producers.activeProducers().size();
            producers.removeExpiredProducers(nowMs);
            hasForgotten |= producers.activeProducers().size() < before;
        }
    }

    /** Whether a producer may have written here once and be unknown now; under the partition log's lock. */
    boolean hasForgotten() {
        return hasForgotten;
    }
}
