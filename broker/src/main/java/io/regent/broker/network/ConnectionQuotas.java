package io.regent.broker.network;

import io.regent.broker.BrokerConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.network.SocketServerConfigs;

/**
 * Counts connections, in total and per client address, against {@code max.connections} and
 * {@code max.connections.per.ip}.
 *
 * <p>Any thread may call it. It closes nothing itself.
 */
final class ConnectionQuotas {
    private record Limits(int maxConnections, int maxPerIp, Map<InetAddress, Integer> overrides) {}

    private final AtomicInteger total = new AtomicInteger();
    private final Map<InetAddress, Integer> perIp = new ConcurrentHashMap<>();
    private volatile Limits limits;

    /** @param overrides {@code host:count} pairs, separated by commas; an unknown host is a configuration error */
    ConnectionQuotas(int maxConnections, int maxPerIp, String overrides) {
        limit(maxConnections, maxPerIp, overrides);
    }

    static ConnectionQuotas of(BrokerConfig config) {
        ConnectionQuotas quotas = new ConnectionQuotas(0, 0, "");
        quotas.configure(config);
        return quotas;
    }

    /** Sets the limits for connections that come from now on; those that stand stay. */
    void configure(BrokerConfig config) {
        limit(
                config.getInt(SocketServerConfigs.MAX_CONNECTIONS_CONFIG),
                config.getInt(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG),
                config.getString(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG));
    }

    private void limit(int maxConnections, int maxPerIp, String overrides) {
        limits = new Limits(maxConnections, maxPerIp, parse(overrides));
    }

    /** Takes a place for a connection from this address, or says why there is none. */
    Optional<String> tryAcquire(InetAddress address) {
        Limits now = limits;
        if (total.incrementAndGet() > now.maxConnections) {
            total.decrementAndGet();
            return Optional.of("max.connections=" + now.maxConnections + " is reached");
        }
        int limit = now.overrides.getOrDefault(address, now.maxPerIp);
        if (perIp.merge(address, 1, Integer::sum) > limit) {
            release(address);
            return Optional.of("the limit of " + limit + " connections from this address is reached");
        }
        return Optional.empty();
    }

    void release(InetAddress address) {
        total.decrementAndGet();
        perIp.computeIfPresent(address, (ip, count) -> count == 1 ? null : count - 1);
    }

    private static Map<InetAddress, Integer> parse(String text) {
        Map<InetAddress, Integer> parsed = new HashMap<>();
        for (String entry : text.split(",", -1)) {
            int colon = entry.lastIndexOf(':');
            if (colon > 0) {
                String host = entry.substring(0, colon).trim();
                try {
                    parsed.put(
                            InetAddress.getByName(host),
                            Integer.valueOf(entry.substring(colon + 1).trim()));
                } catch (UnknownHostException e) {
                    throw new ConfigException("max.connections.per.ip.overrides: unknown host '" + host + "'");
                }
            }
        }
        return parsed;
    }
}
