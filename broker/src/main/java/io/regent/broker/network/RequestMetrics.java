package io.regent.broker.network;

import com.yammer.metrics.core.Histogram;
import com.yammer.metrics.core.Meter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.server.metrics.KafkaMetricsGroup;

/**
 * Counts and times requests under Kafka's names, {@code kafka.network:type=RequestMetrics,...}.
 *
 * <p>Any thread may call it. A metric exists from the first request of its kind on, so that an idle broker keeps none.
 */
final class RequestMetrics implements AutoCloseable {
    private static final String RATE = "RequestsPerSec";
    private static final String TOTAL_TIME = "TotalTimeMs";
    private static final String QUEUE_SIZE = "RequestQueueSize";

    private record Kind(String request, short version) {}

    private final KafkaMetricsGroup requests = new KafkaMetricsGroup("kafka.network", "RequestMetrics");
    private final KafkaMetricsGroup channel = new KafkaMetricsGroup("kafka.network", "RequestChannel");
    private final Map<Kind, Meter> rates = new ConcurrentHashMap<>();
    private final Map<String, Histogram> totalTimes = new ConcurrentHashMap<>();

    void showQueueOf(RequestDispatcher dispatcher) {
        channel.newGauge(QUEUE_SIZE, dispatcher::queued);
    }

    /** The answer to this request, if it has one, has been given to the socket. */
    void completed(Request request) {
        String name = nameOf(request);
        Kind kind = new Kind(name, request.header().apiVersion());
        rates.computeIfAbsent(kind, k -> requests.newMeter(RATE, "requests", TimeUnit.SECONDS, tags(k)))
                .mark();
        long elapsedNanos = System.nanoTime() - request.receivedNanos();
        totalTimes
                .computeIfAbsent(name, n -> requests.newHistogram(TOTAL_TIME, true, Map.of("request", n)))
                .update(TimeUnit.NANOSECONDS.toMillis(elapsedNanos));
    }

    /** Followers and consumers fetch for different ends, so Kafka counts them apart. */
    private static String nameOf(Request request) {
        if (request.body() instanceof FetchRequest fetch) {
            return fetch.isFromFollower() ? "FetchFollower" : "FetchConsumer";
        }
        return request.apiKey().name;
    }

    private static Map<String, String> tags(Kind kind) {
        return Map.of("request", kind.request(), "version", String.valueOf(kind.version()));
    }

    @Override
    public void close() {
        rates.keySet().forEach(kind -> requests.removeMetric(RATE, tags(kind)));
        totalTimes.keySet().forEach(name -> requests.removeMetric(TOTAL_TIME, Map.of("request", name)));
        channel.removeMetric(QUEUE_SIZE);
    }
}
