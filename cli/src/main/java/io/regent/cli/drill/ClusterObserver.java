package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.ControllerSeat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Asks one broker after the other what it believes, sparing the one that is to be killed.
 *
 * <p>One thread. Each question is bounded by {@value #TIMEOUT_MS} ms a broker. Never asks a client of Kafka's, which would cache and retry.
 */
final class ClusterObserver implements AutoCloseable {
    private static final int TIMEOUT_MS = 1_000;

    private final String topic;
    private final Map<String, Endpoint> candidates = new HashMap<>();
    private Endpoint asked;
    private BrokerProbe probe;

    /**
     * @param bootstrap host:port, several separated by commas
     * @param topic the topic to look at
     */
    ClusterObserver(String bootstrap, String topic) {
        this.topic = topic;
        for (String address : bootstrap.split(",", -1)) {
            Endpoint endpoint = parse(address.strip());
            candidates.put(endpoint.address(), endpoint);
        }
    }

    static Endpoint parse(String address) {
        int colon = address.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new Endpoint(-1, address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            throw new CommandFailure("--bootstrap is host:port, not: " + address, e);
        }
        throw new CommandFailure("--bootstrap is host:port, not: " + address);
    }

    /** What some broker believes now; empty when none of them answers. */
    Optional<Observation> observe() {
        return firstAnswer(endpoint -> true);
    }

    /** What some other broker than this one believes now; empty when none of them answers. */
    Optional<Observation> observeWithout(Endpoint victim) {
        return firstAnswer(endpoint -> !endpoint.address().equals(victim.address()));
    }

    private Optional<Observation> firstAnswer(Predicate<Endpoint> mayBeAsked) {
        if (asked != null && !mayBeAsked.test(asked)) {
            forget();
        }
        List<Endpoint> order = new ArrayList<>();
        if (asked != null) {
            order.add(asked);
        }
        candidates.values().stream()
                .filter(endpoint -> mayBeAsked.test(endpoint) && !endpoint.equals(asked))
                .forEach(order::add);
        for (Endpoint endpoint : order) {
            try {
                return Optional.of(ask(endpoint));
            } catch (IOException e) {
                forget();
            }
        }
        return Optional.empty();
    }

    private Observation ask(Endpoint endpoint) throws IOException {
        if (probe == null || !endpoint.equals(asked)) {
            forget();
            probe = BrokerProbe.connect(endpoint.host(), endpoint.port(), TIMEOUT_MS);
            asked = endpoint;
        }
        MetadataResponse metadata = probe.metadata(List.of(topic));
        ControllerSeat seat = probe.controller();
        Map<Integer, Endpoint> live = new HashMap<>();
        for (Node node : metadata.brokers()) {
            Endpoint known = new Endpoint(node.id(), node.host(), node.port());
            live.put(node.id(), known);
            candidates.put(known.address(), known);
            if (known.address().equals(endpoint.address())) {
                asked = known;
            }
        }
        return new Observation(asked, seat, Map.copyOf(live), partitionsOf(metadata.topicMetadata()));
    }

    private static Map<Integer, Observation.Led> partitionsOf(Collection<MetadataResponse.TopicMetadata> topics) {
        Map<Integer, Observation.Led> partitions = new HashMap<>();
        for (MetadataResponse.TopicMetadata topic : topics) {
            if (topic.error() != Errors.NONE) {
                continue;
            }
            for (MetadataResponse.PartitionMetadata partition : topic.partitionMetadata()) {
                partitions.put(
                        partition.partition(),
                        new Observation.Led(
                                partition.leaderId.orElse(-1),
                                new HashSet<>(partition.replicaIds),
                                new HashSet<>(partition.inSyncReplicaIds)));
            }
        }
        return partitions;
    }

    private void forget() {
        if (probe != null) {
            try {
                probe.close();
            } catch (IOException e) {
                // Nothing was waiting to be written on it.
                probe = null;
            }
        }
        probe = null;
        asked = null;
    }

    @Override
    public void close() {
        forget();
    }
}
