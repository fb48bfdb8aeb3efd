package io.regent.broker.quota;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.metrics.QuotaViolationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.utils.Time;

/**
 * Measures rates of many, each against a limit of its own, with the sensors of Kafka's clients. Any thread may call it.
 *
 * <p>Who has done nothing for an hour is forgotten, so that the sensors are bounded by those who are active.
 */
final class RateLimits {
    private static final long INACTIVE_SECONDS = 3_600;

    private final Metrics metrics;
    private final Time time;
    private final int samples;
    private final int windowSeconds;

    /**
     * @param samples quota.window.num
     * @param windowSeconds quota.window.size.seconds
     */
    RateLimits(Metrics metrics, Time time, int samples, int windowSeconds) {
        this.metrics = metrics;
        this.time = time;
        this.samples = samples;
        this.windowSeconds = windowSeconds;
    }

    /**
     * Counts {@code value} for someone.
     *
     * @param name of the rate, whose tags tell whom it is of
     * @param perSecond the limit now
     * @return how long to wait until the rate is down at the limit, in ms; never longer than the rate is remembered
     */
    int restMs(MetricName name, double perSecond, double value) {
        long nowMs = time.milliseconds();
        Sensor sensor = sensor(name, perSecond);
        try {
            sensor.record(value, nowMs, true);
            return 0;
        } catch (QuotaViolationException exceeded) {
            KafkaMetric metric = exceeded.metric();
            long windowMs = ((Rate) metric.measurable()).windowSize(metric.config(), nowMs);
            double excess = (exceeded.value() - exceeded.bound()) / exceeded.bound();
            long rememberedMs = TimeUnit.SECONDS.toMillis((long) samples * windowSeconds);
            return (int) Math.min(rememberedMs, Math.max(1, Math.round(excess * windowMs)));
        }
    }

    private synchronized Sensor sensor(MetricName name, double perSecond) {
        Sensor sensor = metrics.sensor(keyOf(name), limit(perSecond), INACTIVE_SECONDS);
        KafkaMetric metric = metrics.metric(name);
        if (metric == null) {
            sensor.add(name, new Rate());
        } else if (metric.config().quota().bound() != perSecond) {
            metric.config(limit(perSecond));
        }
        return sensor;
    }

    private static String keyOf(MetricName name) {
        Map<String, String> tags = name.tags();
        return name.group() + ":" + name.name() + ":" + tags;
    }

    private MetricConfig limit(double perSecond) {
        return new MetricConfig()
                .samples(samples)
                .timeWindow(windowSeconds, TimeUnit.SECONDS)
                .quota(Quota.upperBound(perSecond));
    }
}
