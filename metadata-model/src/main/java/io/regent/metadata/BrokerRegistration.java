package io.regent.metadata;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A live broker: what its ephemeral znode under {@code /brokers/ids} says.
 *
 * @param id the broker's id
 * @param epoch the broker epoch: the czxid of the registration, so that each life of a broker has another (KIP-380)
 * @param endpoints where it serves, in the order of its registration
 * @param rack where it stands, for rack-aware placement
 * @param jmxPort its JMX port, or -1
 * @param features the finalized-feature ranges it supports, by name (KIP-584)
 * @param timestampMs when it registered, by its own clock
 * @param version the version of the registration's format, 1 to 5
 */
public record BrokerRegistration(
        int id,
        long epoch,
        List<Endpoint> endpoints,
        Optional<String> rack,
        int jmxPort,
        Map<String, FeatureRange> features,
        long timestampMs,
        int version) {

    /** The versions of a feature that a broker supports, both ends included. */
    public record FeatureRange(int min, int max) {}

    public BrokerRegistration {
        endpoints = List.copyOf(endpoints);
        features = Map.copyOf(features);
    }

    /** The endpoint of the listener of this name, if the broker has one. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    /** The same registration with the epoch that its znode turned out to have. */
    public BrokerRegistration withEpoch(long newEpoch) {
        return new BrokerRegistration(id, newEpoch, endpoints, rack, jmxPort, features, timestampMs, version);
    }
}
