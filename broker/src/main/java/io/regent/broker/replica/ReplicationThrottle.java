package io.regent.broker.replica;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.metrics.QuotaViolationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.SimpleRate;
import org.apache.kafka.common.utils.Time;

/**
 * Limits the replication traffic of the replicas that topics name as throttled, on one side: as leader or as follower
 * (KIP-73).
 *
 * <p>Any thread may call it. It holds nothing back itself: whoever moves bytes asks first, and says what it moved.
 */
public final class ReplicationThrottle {
    private static final String ALL_REPLICAS = "*";

    private final int brokerId;
    private final Time time;
    private final Sensor sensor;
    private final MetricName rateName;
    private final Metrics metrics;
    private final Window window;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    /** Over what time the rate is measured (replication.quota.window.num and .size.seconds). */
    public record Window(int samples, int seconds) {}

    /** @param side LeaderReplication or FollowerReplication, as Kafka's beans are named */
    ReplicationThrottle(String side, int brokerId, Window window, Metrics metrics, Time time) {
        this.brokerId = brokerId;
        this.window = window;
        this.metrics = metrics;
        this.time = time;
        this.rateName = metrics.metricName("byte-rate", side, "Tracking byte-rate for " + side);
        this.sensor = metrics.sensor(side);
        sensor.add(rateName, new SimpleRate(), limit(bytesPerSecond));
    }

    private MetricConfig limit(long bound) {
        return new MetricConfig()
                .timeWindow(window.seconds, TimeUnit.SECONDS)
                .samples(window.samples)
                .quota(Quota.upperBound((double) bound));
    }

    /** Sets the rate that counts from now on; {@link Long#MAX_VALUE} for none. */
    void limitTo(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
        metrics.metric(rateName).config(limit(newBytesPerSecond));
    }

    /** Whether the topic's list ({@code partition:broker} pairs, or {@code *}) names this partition on this broker. */
    boolean covers(List<String> throttledReplicas, TopicPartition partition) {
        return !throttledReplicas.isEmpty()
                && (throttledReplicas.contains(ALL_REPLICAS)
                        || throttledReplicas.contains(partition.partition() + ":" + brokerId));
    }

    /** Whether no more bytes of throttled replicas may be moved now. */
    boolean isExceeded() {
        if (bytesPerSecond == Long.MAX_VALUE) {
            return false;
        }
        try {
            sensor.checkQuotas(time.milliseconds());
            return false;
        } catch (QuotaViolationException exceeded) {
            return true;
        }
    }

    /** Counts bytes of throttled replicas, those of the ISR too, so that the whole traffic stays below the limit. */
    void record(long bytes) {
        sensor.record((double) bytes, time.milliseconds(), false);
    }
}
