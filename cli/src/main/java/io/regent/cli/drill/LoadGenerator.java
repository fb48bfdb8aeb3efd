package io.regent.cli.drill;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Writes to every partition at a steady pace and keeps the books.
 *
 * <p>Started and stopped by one thread; it has a thread of its own, and acknowledgements come on the producer's. Never sends a record
 * twice: retrying is the producer's business.
 */
final class LoadGenerator implements AutoCloseable {
    /** After a longer stall the missed records are left out, so that a burst does not hide the next gap. */
    private static final long MAX_CATCH_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Producer<byte[], byte[]> producer;
    private final Workload workload;
    private final WriteLedger ledger;
    private final Thread thread = new Thread(this::run, "load-generator");
    private volatile boolean stopped;
    private volatile String lastError = "";

    LoadGenerator(Producer<byte[], byte[]> producer, Workload workload, WriteLedger ledger) {
        this.producer = producer;
        this.workload = workload;
        this.ledger = ledger;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        // A leader that has yet to hear of its role refuses the first batch, and may take one that was sent right after
        // it: with sequence numbers that is never mended.
        ledger.partitions().forEach(this::sendOne);
        producer.flush();
        long intervalNanos = workload.intervalNanos();
        long next = System.nanoTime();
        while (!stopped) {
            ledger.partitions().forEach(this::sendOne);
            next = Math.max(next + intervalNanos, System.nanoTime() - MAX_CATCH_UP_NANOS);
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of every outcome.
    private void sendOne(PartitionLedger partition) {
        int sequence = partition.nextSequence();
        byte[] value = new DrillRecord(workload.run(), partition.partition(), sequence).encode();
        long sentNanos = System.nanoTime();
        try {
            producer.send(
                    new ProducerRecord<>(workload.topic(), partition.partition(), null, value), (metadata, error) -> {
                        if (error == null) {
                            partition.acknowledged(sequence, sentNanos, System.nanoTime());
                        } else {
                            lastError = error.getMessage();
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            // It stays in the books as sent and not acknowledged, which is all that is known of it.
            lastError = e.getMessage();
        }
    }

    /** Why a write failed last, or nothing. */
    String lastError() {
        return lastError;
    }

    /** Sends nothing more, and waits until the fate of everything sent is known, at most the producer's delivery timeout. */
    void finish() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        producer.flush();
    }

    @Override
    public void close() {
        stopped = true;
        producer.close(Duration.ZERO);
    }
}
