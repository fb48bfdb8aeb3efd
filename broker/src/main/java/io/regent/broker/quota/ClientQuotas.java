package io.regent.broker.quota;

import io.regent.broker.network.Request;
import io.regent.broker.network.TrafficLimits;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.utils.Sanitizer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.config.QuotaConfigs;

/**
 * Holds users, client ids and addresses to their quotas: bytes produced and fetched a second, share of the request
 * threads' time, and connections a second (KIP-13, KIP-55, KIP-124, KIP-612).
 *
 * <p>Any thread may call it. Other brokers have no quotas: what follows or controls is let pass.
 */
public final class ClientQuotas implements TrafficLimits {
    private static final double PERCENT_PER_NANO = 100.0 / 1_000_000_000;

    /** What is measured, and the key of its limit. */
    private enum Kind {
        PRODUCE("Produce", "byte-rate", QuotaConfigs.PRODUCER_BYTE_RATE_OVERRIDE_CONFIG),
        FETCH("Fetch", "byte-rate", QuotaConfigs.CONSUMER_BYTE_RATE_OVERRIDE_CONFIG),
        REQUEST("Request", "request-time", QuotaConfigs.REQUEST_PERCENTAGE_OVERRIDE_CONFIG);

        private final String group;
        private final String metric;
        private final String key;

        Kind(String group, String metric, String key) {
            this.group = group;
            this.metric = metric;
            this.key = key;
        }
    }

    private final Metrics metrics;
    private final RateLimits rates;
    private final Map<QuotaEntity, Map<Kind, Double>> clients = new ConcurrentHashMap<>();
    private final Map<InetAddress, Double> addresses = new ConcurrentHashMap<>();
    private volatile OptionalDouble anyAddress = OptionalDouble.empty();

    /**
     * @param samples quota.window.num
     * @param windowSeconds quota.window.size.seconds
     */
    public ClientQuotas(Metrics metrics, Time time, int samples, int windowSeconds) {
        this.metrics = metrics;
        this.rates = new RateLimits(metrics, time, samples, windowSeconds);
    }

    /**
     * Sets the quotas of a user ({@code USER}), or of a user's client ({@code USER/clients/CLIENT}).
     *
     * @param znodeName as {@link io.regent.metadata.znode.ConfigZnode} has it
     * @param quotas by Kafka's keys; none lets it fall back to others
     */
    public void setUser(String znodeName, Map<String, String> quotas) {
        int clientsAt = znodeName.indexOf("/clients/");
        QuotaEntity entity = clientsAt < 0
                ? QuotaEntity.ofUser(Sanitizer.desanitize(znodeName))
                : QuotaEntity.of(
                        Sanitizer.desanitize(znodeName.substring(0, clientsAt)),
                        Sanitizer.desanitize(znodeName.substring(clientsAt + "/clients/".length())));
        set(entity, quotas);
    }

    /** Sets the quotas of a client id, as {@link #setUser}. */
    public void setClient(String znodeName, Map<String, String> quotas) {
        set(QuotaEntity.ofClient(Sanitizer.desanitize(znodeName)), quotas);
    }

    private void set(QuotaEntity entity, Map<String, String> quotas) {
        Map<Kind, Double> limits = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            if (quotas.containsKey(kind.key)) {
                limits.put(kind, Double.valueOf(quotas.get(kind.key)));
            }
        }
        if (limits.isEmpty()) {
            clients.remove(entity);
        } else {
            clients.put(entity, limits);
        }
    }

    /** Sets how many connections a second an address may open; an empty address stands for all without a limit of their own. */
    public void setAddress(Optional<InetAddress> address, OptionalDouble perSecond) {
        if (address.isEmpty()) {
            anyAddress = perSecond;
        } else if (perSecond.isEmpty()) {
            addresses.remove(address.get());
        } else {
            addresses.put(address.get(), perSecond.getAsDouble());
        }
    }

    @Override
    public int restMs(Exchanged exchanged) {
        Request request = exchanged.request();
        if (clients.isEmpty() || isOfBroker(request)) {
            return 0;
        }
        int restMs = restMs(Kind.REQUEST, request, exchanged.handledNanos() * PERCENT_PER_NANO);
        if (request.apiKey() == ApiKeys.PRODUCE) {
            restMs = Math.max(restMs, restMs(Kind.PRODUCE, request, exchanged.requestBytes()));
        }
        Optional<AbstractResponse> answer = exchanged.answer();
        if (answer.isPresent() && answer.get() instanceof FetchResponse fetched) {
            restMs = Math.max(restMs, restMs(Kind.FETCH, request, recordBytes(fetched)));
        }
        return restMs;
    }

    private static boolean isOfBroker(Request request) {
        return request.apiKey().clusterAction
                || (request.body() instanceof FetchRequest fetch && fetch.isFromFollower());
    }

    private static double recordBytes(FetchResponse response) {
        return response.data().responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToDouble(FetchResponse::recordsSize)
                .sum();
    }

    private int restMs(Kind kind, Request request, double value) {
        String user = request.context().principal.getName();
        String clientId = Optional.ofNullable(request.header().clientId()).orElse("");
        for (QuotaEntity entity : QuotaEntity.precedence(user, clientId)) {
            Double limit = clients.getOrDefault(entity, Map.of()).get(kind);
            if (limit != null) {
                return restMs(kind, entity.sharedBy(user, clientId), limit, value);
            }
        }
        return 0;
    }

    private int restMs(Kind kind, QuotaEntity sharing, double perSecond, double value) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("user", Sanitizer.sanitize(sharing.user().orElse("")));
        tags.put("client-id", sharing.clientId().orElse(""));
        return rates.restMs(
                metrics.metricName(kind.metric, kind.group, "Measured against " + kind.key, tags), perSecond, value);
    }

    @Override
    public int connectionRestMs(InetAddress address) {
        Double own = addresses.get(address);
        OptionalDouble limit = own == null ? anyAddress : OptionalDouble.of(own);
        if (limit.isEmpty()) {
            return 0;
        }
        return rates.restMs(
                metrics.metricName(
                        "connection-accept-rate",
                        "socket-server-metrics",
                        "Measured against " + QuotaConfigs.IP_CONNECTION_RATE_OVERRIDE_CONFIG,
                        Map.of("ip", address.getHostAddress())),
                limit.getAsDouble(),
                1);
    }
}
