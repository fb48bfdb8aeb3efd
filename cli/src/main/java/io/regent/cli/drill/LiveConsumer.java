package io.regent.cli.drill;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Reads a drill's topic as a member of a consumer group while brokers die, and counts the distinct records that it got.
 *
 * <p>Started and closed by one thread; it has a thread of its own, the only one that touches the consumer. Any thread may read the counts.
 */
final class LiveConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    /** A rest after each poll: fetching a few records at a time took brokers on two cores a third of what they did. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long CLOSE_TIMEOUT_MS = 10_000;

    private final Consumer<byte[], byte[]> consumer;
    private final Workload workload;
    private final ReadBack seen;
    private final Thread thread = new Thread(this::run, "live-consumer");
    private volatile boolean stopped;
    private volatile String lastError = "";

    LiveConsumer(Consumer<byte[], byte[]> consumer, Workload workload) {
        this.consumer = consumer;
        this.workload = workload;
        this.seen = new ReadBack(workload.run());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(workload.topic()));
            while (!stopped) {
                pollOnce();
                LockSupport.parkNanos(REST_NANOS);
            }
        } catch (WakeupException e) {
            // It was asked to end.
            return;
        } catch (KafkaException e) {
            lastError = e.getMessage();
        }
    }

    private void pollOnce() {
        try {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                synchronized (seen) {
                    seen.found(record.partition(), record.value());
                }
            }
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            lastError = e.getMessage();
        }
    }

    /** How many distinct records it got. */
    long distinct() {
        synchronized (seen) {
            return IntStream.range(0, workload.partitions())
                    .mapToLong(seen::distinct)
                    .sum();
        }
    }

    /** Why a poll failed last, or nothing. */
    String lastError() {
        return lastError;
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
