package io.regent.broker.replica;

import io.regent.broker.metadata.MetadataSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spreads the followed partitions over fetcher threads: num.replica.fetchers for each broker fetched from, so that a
 * dead or slow broker delays nothing that comes from others. Any thread may call it; it never waits for a fetcher: a
 * partition refuses what a former fetcher still brings, by its leader epoch.
 */
final class ReplicaFetchers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetchers.class);
    private static final long CLOSE_PATIENCE_MS = 5_000;

    /** Makes a thread that fetches from one broker. */
    interface FetcherFactory {
        PartitionFetcher create(Node source, int index);
    }

    private record Key(Node source, int index) {}

    private record Owner(Key fetcher, FetchTarget target) {}

    private final FetcherFactory factory;
    private final Map<Key, PartitionFetcher> fetchers = new HashMap<>();
    private final Map<TopicPartition, Owner> owners = new HashMap<>();
    private final Map<TopicPartition, FetchTarget> unreachable = new HashMap<>();
    private int fetchersPerBroker;
    private boolean closed;

    ReplicaFetchers(int fetchersPerBroker, FetcherFactory factory) {
        this.fetchersPerBroker = fetchersPerBroker;
        this.factory = factory;
    }

    /** Fetches each partition from its target from now on, instead of from wherever it was fetched before. */
    synchronized void assign(Map<TopicPartition, FetchTarget> targets) {
        if (closed) {
            return;
        }
        Map<Key, Map<TopicPartition, FetchTarget>> byFetcher = new HashMap<>();
        Map<Key, List<TopicPartition>> moved = new HashMap<>();
        targets.forEach((partition, target) -> {
            unreachable.remove(partition);
            Optional<Key> next = target.leader().map(node -> new Key(node, indexOf(partition)));
            Owner before = owners.remove(partition);
            if (before != null && !next.equals(Optional.of(before.fetcher))) {
                moved.computeIfAbsent(before.fetcher, key -> new ArrayList<>()).add(partition);
            }
            if (next.isEmpty()) {
                unreachable.put(partition, target);
                return;
            }
            owners.put(partition, new Owner(next.get(), target));
            byFetcher.computeIfAbsent(next.get(), key -> new HashMap<>()).put(partition, target);
        });
        moved.forEach((key, partitions) -> fetchers.get(key).remove(partitions));
        byFetcher.forEach(
                (key, batch) -> fetchers.computeIfAbsent(key, this::start).assign(batch));
        closeIdle();
    }

    /** Spreads the followed partitions over another number of fetchers. */
    synchronized void resize(int altered) {
        if (altered != fetchersPerBroker) {
            fetchersPerBroker = altered;
            Map<TopicPartition, FetchTarget> all = new HashMap<>();
            owners.forEach((partition, owner) -> all.put(partition, owner.target));
            assign(all);
        }
    }

    private PartitionFetcher start(Key key) {
        LOG.info("Fetching from {} with fetcher {}", key.source, key.index);
        return factory.create(key.source, key.index);
    }

    private int indexOf(TopicPartition partition) {
        int hash = 31 * partition.topic().hashCode() + partition.partition();
        return Utils.abs(hash) % fetchersPerBroker;
    }

    synchronized void remove(Collection<TopicPartition> partitions) {
        Map<Key, List<TopicPartition>> byFetcher = new HashMap<>();
        for (TopicPartition partition : partitions) {
            unreachable.remove(partition);
            Owner owner = owners.remove(partition);
            if (owner != null) {
                byFetcher
                        .computeIfAbsent(owner.fetcher, key -> new ArrayList<>())
                        .add(partition);
            }
        }
        byFetcher.forEach((key, batch) -> fetchers.get(key).remove(batch));
        closeIdle();
    }

    /** Starts what waited for its leader's address. */
    synchronized void onMetadata(MetadataSnapshot now, ReplicaSettings settings) {
        Map<TopicPartition, FetchTarget> reachable = new HashMap<>();
        unreachable.forEach((partition, target) -> now.node(target.leaderId(), settings.interBrokerListener())
                .ifPresent(node -> reachable.put(partition, target.at(node))));
        if (!reachable.isEmpty()) {
            assign(reachable);
        }
    }

    private void closeIdle() {
        Set<Key> inUse = owners.values().stream().map(Owner::fetcher).collect(Collectors.toSet());
        Iterator<Map.Entry<Key, PartitionFetcher>> all = fetchers.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Key, PartitionFetcher> entry = all.next();
            if (!inUse.contains(entry.getKey())) {
                LOG.info("Nothing more to fetch from {}", entry.getKey().source);
                entry.getValue().initiateClose();
                all.remove();
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        List<PartitionFetcher> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(fetchers.values());
            fetchers.clear();
            owners.clear();
            unreachable.clear();
        }
        all.forEach(PartitionFetcher::initiateClose);
        for (PartitionFetcher fetcher : all) {
            fetcher.awaitClose(CLOSE_PATIENCE_MS);
        }
    }
}
