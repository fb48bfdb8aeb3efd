package io.regent.broker.config;

import io.regent.broker.BrokerConfig;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.server.config.QuotaConfigs;

/**
 * A broker's configuration as it stands: server.properties, what is set for all brokers over it, and what is set for
 * this one over both (KIP-226). Immutable.
 *
 * @param fixed server.properties
 * @param ofCluster what is set at run time for all brokers
 * @param ofBroker what is set at run time for this one
 * @param effective all of them together
 */
public record ConfigLayers(
        BrokerConfig fixed, Map<String, String> ofCluster, Map<String, String> ofBroker, BrokerConfig effective) {

    public ConfigLayers {
        ofCluster = Map.copyOf(ofCluster);
        ofBroker = Map.copyOf(ofBroker);
    }

    /** The value of a key that exists at run time only, such as a throttle. */
    public Optional<String> dynamic(String key) {
        return Optional.ofNullable(ofBroker.getOrDefault(key, ofCluster.get(key)));
    }

    /** A throttle in bytes a second; no limit while it is not set. */
    public long rate(String key) {
        return dynamic(key).map(Long::parseLong).orElse(QuotaConfigs.QUOTA_BYTES_PER_SECOND_DEFAULT);
    }
}
