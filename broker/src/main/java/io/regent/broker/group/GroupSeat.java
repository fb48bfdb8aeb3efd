package io.regent.broker.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.regent.broker.replica.LeadershipListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.CoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seats kafka-group-coordinator's service on this broker: elects it for the partitions of {@code __consumer_offsets} led
 * here, takes it from those that are not, and reloads a partition whose load failed while it is still led here.
 *
 * <p>Any thread may call it; no call waits for IO. It decides nothing about groups, which is the service's business, and
 * serves the classic protocol only.
 */
public final class GroupSeat implements LeadershipListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupSeat.class);
    /** A failed load is tried again after this long, doubled each time: a log that cannot be read may stay so. */
    private static final long FIRST_RELOAD_MS = 500;

    private static final int MAX_RELOAD_DOUBLINGS = 6;

    private final GroupPartitions partitions;
    private final GroupCoordinatorConfig config;
    private final GroupRecordLoader loader;
    private final GroupCoordinatorService service;
    /** Loads, one at a time as in Kafka, since each may take a whole buffer and much of a disk. */
    private final ScheduledThreadPoolExecutor loads = executor("group-metadata-loader");
    /** Offsets of deleted partitions are removed apart from the loads, as that waits for the removal's replication. */
    private final ScheduledThreadPoolExecutor removals = executor("group-offsets-remover");

    private final ConcurrentLinkedQueue<TopicPartition> deletedPartitions = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Seated> seated = new HashMap<>();
    private boolean active;

    /** A partition the service was elected for; {@code failures} counts failed loads in a row under that epoch. */
    private record Seated(int leaderEpoch, int failures) {}

    /** @param config the broker's configuration, of which the group.* and offsets.* keys are read */
    public GroupSeat(
            int brokerId,
            AbstractConfig config,
            GroupPartitions partitions,
            Metrics metrics,
            MetricsRegistry registry) {
        this.partitions = partitions;
        this.config = new GroupCoordinatorConfig(config);
        this.loader = new GroupRecordLoader(
                partitions, new CoordinatorRecordSerde(), this.config.offsetsLoadBufferSize(), loads, this::loadFailed);
        this.service = new GroupCoordinatorService.Builder(brokerId, this.config)
                .withTime(Time.SYSTEM)
                .withTimer(new SystemTimerReaper("group-coordinator-reaper", new SystemTimer("group-coordinator")))
                .withLoader(loader)
                .withWriter(new GroupPartitionWriter(partitions))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(registry, metrics))
                .build();
    }

    private static ScheduledThreadPoolExecutor executor(String threadName) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** @param partitionCount how many partitions {@code __consumer_offsets} has, or will have */
    public synchronized void start(IntSupplier partitionCount) {
        service.startup(partitionCount);
        active = true;
    }

    /** The service that answers group requests; it answers COORDINATOR_NOT_AVAILABLE before the start and after the end. */
    public GroupCoordinator coordinator() {
        return service;
    }

    public GroupCoordinatorConfig config() {
        return config;
    }

    /** This broker now leads the partition; partitions of other topics than {@code __consumer_offsets} are none of ours. */
    @Override
    public synchronized void onLeader(TopicPartition partition, int leaderEpoch) {
        if (active && isGroupTopic(partition)) {
            seated.put(partition.partition(), new Seated(leaderEpoch, 0));
            service.onElection(partition.partition(), leaderEpoch);
        }
    }

    /** This broker no longer leads the partition; without an epoch, because the partition is deleted. */
    @Override
    public synchronized void onResigned(TopicPartition partition, OptionalInt leaderEpoch) {
        if (!active || !isGroupTopic(partition)) {
            return;
        }
        Seated current = seated.get(partition.partition());
        if (current != null && leaderEpoch.isPresent() && leaderEpoch.getAsInt() <= current.leaderEpoch()) {
            return;
        }
        seated.remove(partition.partition());
        loader.forget(partition);
        service.onResignation(partition.partition(), leaderEpoch);
    }

    /** Removes, soon, the offsets that groups had committed for partitions that no longer exist. */
    public void onPartitionsDeleted(List<TopicPartition> deleted) {
        if (deleted.isEmpty()) {
            return;
        }
        deletedPartitions.addAll(deleted);
        submit(removals, this::removeOffsets, 0);
    }

    private void removeOffsets() {
        List<TopicPartition> batch = new ArrayList<>();
        for (TopicPartition next = deletedPartitions.poll(); next != null; next = deletedPartitions.poll()) {
            batch.add(next);
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            service.onPartitionsDeleted(batch, BufferSupplier.NO_CACHING);
        } catch (ExecutionException | RuntimeException e) {
            // Offsets that stay behind expire by offsets.retention.minutes.
            LOG.warn("Could not remove the committed offsets of {} deleted partitions", batch.size(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void loadFailed(TopicPartition partition) {
        Seated failed = seated.get(partition.partition());
        if (!active || failed == null) {
            return;
        }
        Seated retried = new Seated(failed.leaderEpoch(), Math.min(failed.failures() + 1, MAX_RELOAD_DOUBLINGS));
        seated.put(partition.partition(), retried);
        submit(loads, () -> reload(partition, retried), FIRST_RELOAD_MS << failed.failures());
    }

    /** The service loads anew only under a newer epoch, or after an unconditional resignation. */
    private synchronized void reload(TopicPartition partition, Seated failed) {
        boolean stillOurs = partitions.leaderEpoch(partition).isPresent();
        if (active && stillOurs && failed.equals(seated.get(partition.partition()))) {
            LOG.info("Loading the group metadata of {} again under leader epoch {}", partition, failed.leaderEpoch());
            service.onResignation(partition.partition(), OptionalInt.empty());
            service.onElection(partition.partition(), failed.leaderEpoch());
        }
    }

    private static void submit(ScheduledThreadPoolExecutor executor, Runnable task, long delayMs) {
        try {
            var unused = executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("Dropped a task of the group coordinator, which is closed");
        }
    }

    private static boolean isGroupTopic(TopicPartition partition) {
        return partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME);
    }

    /** Unloads every group and ends the threads; requests that wait are answered with an error. */
    @Override
    public void close() {
        synchronized (this) {
            if (!active) {
                return;
            }
            active = false;
        }
        loads.shutdownNow();
        removals.shutdownNow();
        service.shutdown();
    }
}
