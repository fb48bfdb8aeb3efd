package io.regent.broker.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;
import org.apache.kafka.server.util.timer.Timer;

/**
 * Keeps the operations of one kind that wait, by the partitions they wait for. Any thread may call it. Its size is
 * bounded by the requests in flight, each of which leaves at its timeout. It starts no thread.
 */
final class Purgatory implements AutoCloseable {
    private static final List<String> GAUGES = List.of("NumDelayedOperations", "PurgatorySize");

    private final KafkaMetricsGroup metrics = new KafkaMetricsGroup("kafka.server", "DelayedOperationPurgatory");
    private final Map<String, String> tags;
    private final Timer timer;
    private final ConcurrentHashMap<TopicPartition, List<DelayedOperation>> watchers = new ConcurrentHashMap<>();
    private final AtomicInteger delayed = new AtomicInteger();

    /** @param name as in Kafka's metric: Produce, Fetch, DeleteRecords */
    Purgatory(String name, Timer timer) {
        this.timer = timer;
        this.tags = Map.of("delayedOperation", name);
        metrics.newGauge(GAUGES.get(0), delayed::get, tags);
        metrics.newGauge(GAUGES.get(1), this::watched, tags);
    }

    /** Operations that have not completed yet. */
    int delayed() {
        return delayed.get();
    }

    private int watched() {
        return watchers.values().stream().mapToInt(List::size).sum();
    }

    /** Completes the operation now if it is satisfied, or lets it wait. */
    void tryCompleteElseWatch(DelayedOperation operation) {
        if (operation.tryComplete()) {
            return;
        }
        watch(operation);
        // What it waits for may have come before it was watched.
        if (operation.tryComplete()) {
            return;
        }
        timer.add(operation);
        if (operation.isCompleted()) {
            operation.cancel();
        }
    }

    private void watch(DelayedOperation operation) {
        delayed.incrementAndGet();
        operation
                .watched()
                .forEach(partition -> watchers.compute(partition, (key, operations) -> {
                    List<DelayedOperation> list = operations == null ? new ArrayList<>(1) : operations;
                    list.add(operation);
                    return list;
                }));
        operation.whenDone(() -> unwatch(operation));
    }

    private void unwatch(DelayedOperation operation) {
        delayed.decrementAndGet();
        operation
                .watched()
                .forEach(partition -> watchers.computeIfPresent(partition, (key, operations) -> {
                    operations.remove(operation);
                    return operations.isEmpty() ? null : operations;
                }));
    }

    /** To be called after every change of a partition that an operation may wait for, without any lock held. */
    void checkAndComplete(TopicPartition partition) {
        if (!watchers.containsKey(partition)) {
            return;
        }
        List<DelayedOperation> now = new ArrayList<>();
        watchers.computeIfPresent(partition, (key, operations) -> {
            now.addAll(operations);
            return operations;
        });
        now.forEach(DelayedOperation::tryComplete);
    }

    /** Takes its beans away; what still waits is the timer's owner's concern. */
    @Override
    public void close() {
        GAUGES.forEach(name -> metrics.removeMetric(name, tags));
    }
}
