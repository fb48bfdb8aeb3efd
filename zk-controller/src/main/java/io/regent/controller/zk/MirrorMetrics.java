package io.regent.controller.zk;

import io.regent.metadata.ClusterImage;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * What JMX shows of the mirror, as {@code kafka.controller:type=Mirror}: how much is marked ({@code DirtyCount}), for how
 * many milliseconds something has been marked and not read ({@code LagMs}, 0 when nothing is due), what it holds
 * ({@code TopicCount}, {@code PartitionCount}), and how many znodes it has asked ZooKeeper for so far ({@code ReadCount}).
 * Written on the session's thread, read by any.
 */
final class MirrorMetrics implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("DirtyCount", "LagMs", "TopicCount", "PartitionCount", "ReadCount");
    private static final long NEVER = -1;

    private final KafkaMetricsGroup group = new KafkaMetricsGroup("kafka.controller", "Mirror");
    private final SessionThread clock;
    private final AtomicLong read = new AtomicLong();
    private volatile int marked;
    private volatile long dueSinceMs = NEVER;
    private volatile ClusterImage held = ClusterImage.EMPTY;

    MirrorMetrics(SessionThread clock) {
        this.clock = clock;
        group.newGauge("DirtyCount", () -> marked);
        group.newGauge("LagMs", this::lagMs);
        group.newGauge("TopicCount", () -> held.topics().size());
        group.newGauge("PartitionCount", () -> held.partitionCount());
        group.newGauge("ReadCount", read::get);
    }

    /** How many partitions are held; 0 while some of what is marked has not been read. Any thread. */
    int heldPartitions() {
        return marked > 0 ? 0 : held.partitionCount();
    }

    /** So many znodes are asked for. */
    void asked(int znodes) {
        read.addAndGet(znodes);
    }

    /**
     * @param nothingDue whether what is marked, if anything, need not be read now
     */
    void show(Marks marks, ClusterImage image, boolean nothingDue) {
        marked = marks.count();
        held = image;
        if (nothingDue) {
            dueSinceMs = NEVER;
        } else if (dueSinceMs == NEVER) {
            dueSinceMs = clock.nowMs();
        }
    }

    private long lagMs() {
        long since = dueSinceMs;
        return since == NEVER ? 0 : clock.nowMs() - since;
    }

    @Override
    public void close() {
        NAMES.forEach(group::removeMetric);
    }
}
