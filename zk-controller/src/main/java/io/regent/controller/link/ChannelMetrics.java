package io.regent.controller.link;

import com.yammer.metrics.core.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * What JMX shows of the channel to one broker, with Kafka's names: how many partitions wait to be told, and how long what the
 * broker must be told had waited when a request was sent. It decides nothing.
 *
 * <p>Fed and opened on the channel's lane, in any order: JMX takes longer to take them in than the loop to decide about a broker
 * and the lane to tell it, so that waits until the broker had time to be told what is urgent. Closed by any thread.
 */
final class ChannelMetrics {

    private static final String QUEUE_SIZE = "QueueSize";
    private static final String REQUEST_TIME = "RequestRateAndQueueTimeMs";
    private static final long NOTHING_WAITS = -1;

    private final KafkaMetricsGroup group;
    private final Map<String, String> tags;
    /** What was measured before there was a timer. */
    private final List<Long> early = new ArrayList<>();

    private Timer timer;
    private boolean closed;
    private long sinceNs = NOTHING_WAITS;

    ChannelMetrics(KafkaMetricsGroup group, int brokerId) {
        this.group = group;
        this.tags = Map.of("broker-id", Integer.toString(brokerId));
    }

    /** Does nothing when it is closed already. */
    synchronized void open(IntSupplier queueSize) {
        if (!closed) {
            timer = group.newTimer(REQUEST_TIME, TimeUnit.MILLISECONDS, TimeUnit.SECONDS, tags);
            group.newGauge(QUEUE_SIZE, queueSize::getAsInt, tags);
            early.forEach(waitedNs -> timer.update(waitedNs, TimeUnit.NANOSECONDS));
            early.clear();
        }
    }

    synchronized void close() {
        closed = true;
        if (timer != null) {
            group.removeMetric(QUEUE_SIZE, tags);
            group.removeMetric(REQUEST_TIME, tags);
        }
    }

    /** Something waits now, if nothing did before. */
    void queued() {
        if (sinceNs == NOTHING_WAITS) {
            sinceNs = System.nanoTime();
        }
    }

    /** A request has left; whatever still waits is counted from here. */
    synchronized void sent(boolean moreWaits) {
        long nowNs = System.nanoTime();
        long waitedNs = sinceNs == NOTHING_WAITS ? 0 : nowNs - sinceNs;
        if (timer != null) {
            timer.update(waitedNs, TimeUnit.NANOSECONDS);
        } else if (!closed) {
            early.add(waitedNs);
        }
        sinceNs = moreWaits ? nowNs : NOTHING_WAITS;
    }
}
