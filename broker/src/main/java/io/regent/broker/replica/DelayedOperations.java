package io.regent.broker.replica;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All requests that wait on partitions, on one hashed wheel timer. Any thread may call it, but never under a partition's
 * lock, since completing a request answers a client.
 */
final class DelayedOperations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DelayedOperations.class);

    private final Timer timer;
    private final Purgatory produce;
    private final Purgatory fetch;
    private final Purgatory deleteRecords;

    DelayedOperations() {
        this(new SystemTimerReaper("replica-delayed-operations", new SystemTimer("replica-delayed-operations")));
    }

    DelayedOperations(Timer timer) {
        this.timer = timer;
        this.produce = new Purgatory("Produce", timer);
        this.fetch = new Purgatory("Fetch", timer);
        this.deleteRecords = new Purgatory("DeleteRecords", timer);
    }

    Purgatory produce() {
        return produce;
    }

    Purgatory fetch() {
        return fetch;
    }

    Purgatory deleteRecords() {
        return deleteRecords;
    }

    /** Something changed for the partition that any waiting request may have waited for. */
    void checkAndCompleteAll(TopicPartition partition) {
        for (Purgatory purgatory : List.of(fetch, produce, deleteRecords)) {
            check(purgatory, partition);
        }
    }

    /** The leader's log grew, or a follower here learned of a higher watermark. */
    void checkFetches(TopicPartition partition) {
        check(fetch, partition);
    }

    // One client's broken callback must not keep the others waiting, nor stop the thread that brought the news.
    private static void check(Purgatory purgatory, TopicPartition partition) {
        try {
            purgatory.checkAndComplete(partition);
        } catch (RuntimeException e) {
            LOG.error("Answering a delayed request on {} failed", partition, e);
        }
    }

    /** Runs a short task later, on the timer's thread. */
    void later(long delayMs, Runnable task) {
        timer.add(new TimerTask(delayMs) {
            @Override
            public void run() {
                task.run();
            }
        });
    }

    @Override
    public void close() throws Exception {
        timer.close();
        List.of(produce, fetch, deleteRecords).forEach(Purgatory::close);
    }
}
