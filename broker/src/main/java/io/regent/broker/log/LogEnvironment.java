package io.regent.broker.log;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;

/**
 * What every partition log of a broker shares: the clock, the background scheduler, the record of failed log
 * directories, producer-state limits and the counters of refused records. Any thread may call it. It never holds a lock.
 *
 * @param maxTransactionTimeoutMs the longest transaction a producer may ask for
 */
public record LogEnvironment(
        Time time,
        Scheduler scheduler,
        LogDirFailureChannel failures,
        int maxTransactionTimeoutMs,
        ProducerStateManagerConfig producerConfig,
        LogValidator.MetricsRecorder refusals) {

    /** Disk work that may fail. */
    @FunctionalInterface
    interface DiskWork<T> {
        T run() throws IOException;
    }

    /** Disk work without a result. */
    @FunctionalInterface
    interface DiskTask {
        void run() throws IOException;
    }

    /**
     * Runs disk work; its IOException takes the whole log directory offline.
     *
     * @throws KafkaStorageException when the work fails, or when the directory was offline already
     */
    <T> T onDisk(String logDir, Supplier<String> what, DiskWork<T> work) {
        if (failures.hasOfflineLogDir(logDir)) {
            throw new KafkaStorageException(
                    "Log directory " + logDir + " is offline since an earlier disk error; refused: " + what.get());
        }
        try {
            return work.run();
        } catch (IOException e) {
            String message = "Disk error in log directory " + logDir + " while " + what.get();
            failures.maybeAddOfflineLogDir(logDir, message, e);
            throw new KafkaStorageException(message, e);
        }
    }

    void onDisk(String logDir, Supplier<String> what, DiskTask task) {
        onDisk(logDir, what, () -> {
            task.run();
            return null;
        });
    }

    /** Runs a task in the background, after {@code delayMs}; the scheduler logs what it throws. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for it, and it is never cancelled.
    void later(String name, Runnable task, long delayMs) {
        scheduler.scheduleOnce(name, task, delayMs);
    }
}
