package io.regent.controller.zk;

import io.regent.controller.Event;
import io.regent.controller.ReadZnode;
import io.regent.controller.zk.ZnodeReader.Found;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.IsrChangeZnode;
import io.regent.metadata.znode.LogDirEventZnode;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.PreferredElectionZnode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Reads what tools and brokers leave in ZooKeeper for the controller to act on. Session's thread only. */
final class DutyReaders {

    private final ZnodeReader reader;
    private final int brokerId;

    DutyReaders(ZnodeReader reader, int brokerId) {
        this.reader = reader;
        this.brokerId = brokerId;
    }

    /** {@code /admin/preferred_replica_election}; empty when there is no order that can be read. */
    CompletableFuture<Optional<Event>> preferredElections(ZkHandle handle) {
        return reader.read(handle, PreferredElectionZnode.PATH, znode -> PreferredElectionZnode.decode(znode.data()))
                .thenApply(found ->
                        found.map(order -> new Event.PreferredElectionsObserved(order.content(), order.znode())));
    }

    /** {@code /isr_change_notification}, with the states that its notifications are about. */
    CompletableFuture<Optional<Event>> isrChanges(ZkHandle handle) {
        return reader.readChildren(
                        handle, IsrChangeZnode.PARENT, znode -> IsrChangeZnode.decode(znode.path(), znode.data()))
                .thenCompose(notifications -> states(handle, notifications)
                        .thenApply(states -> notifications.isEmpty()
                                ? Optional.empty()
                                : Optional.of(new Event.IsrChangesObserved(znodes(notifications), states))));
    }

    private CompletableFuture<SortedMap<PartitionId, PartitionState>> states(
            ZkHandle handle, List<Found<List<PartitionId>>> notifications) {
        Set<PartitionId> named = new TreeSet<>();
        notifications.forEach(notification -> named.addAll(notification.content()));
        List<PartitionId> partitions = new ArrayList<>(named);
        List<String> paths = partitions.stream().map(PartitionStateZnode::path).toList();
        return Calls.readAll(handle, paths, 1).thenApply(read -> {
            SortedMap<PartitionId, PartitionState> states = new TreeMap<>();
            for (int i = 0; i < paths.size(); i++) {
                PartitionId partition = partitions.get(i);
                reader.decode(
                                paths.get(i),
                                read.get(i),
                                znode -> PartitionStateZnode.decode(partition, znode.data(), znode.version()))
                        .ifPresent(found -> states.put(partition, found.content()));
            }
            return states;
        });
    }

    /** {@code /log_dir_event_notification}. */
    CompletableFuture<Optional<Event>> logDirEvents(ZkHandle handle) {
        return reader.readChildren(
                        handle, LogDirEventZnode.PARENT, znode -> LogDirEventZnode.decode(znode.path(), znode.data()))
                .thenApply(notifications -> {
                    Set<Integer> brokers = new HashSet<>();
                    notifications.forEach(notification -> brokers.add(notification.content()));
                    return notifications.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new Event.LogDirEventsObserved(znodes(notifications), brokers));
                });
    }

    private static <T> List<ReadZnode> znodes(List<Found<T>> found) {
        return found.stream().map(Found::znode).toList();
    }

    /** What {@code /config/brokers} sets for this broker: its own entries over those for all. */
    CompletableFuture<Map<String, String>> brokerConfig(ZkHandle handle) {
        List<String> paths = List.of(
                ConfigZnode.path(ConfigZnode.EntityType.BROKERS, ConfigZnode.DEFAULT_ENTITY),
                ConfigZnode.path(ConfigZnode.EntityType.BROKERS, Integer.toString(brokerId)));
        return reader.readAll(handle, paths, znode -> ConfigZnode.decode(znode.path(), znode.data()))
                .thenApply(found -> {
                    Map<String, String> config = new TreeMap<>();
                    found.forEach(entity -> config.putAll(entity.content()));
                    return config;
                });
    }

    /** The registrations under {@code /brokers/ids}, or another parent of the like, that can be read. */
    CompletableFuture<List<BrokerRegistration>> registrations(ZkHandle handle, String parent) {
        return reader.readChildren(handle, parent, znode -> {
                    int id = BrokerZnode.brokerId(znode.path().substring(parent.length() + 1));
                    return BrokerZnode.decode(id, znode.data(), znode.czxid());
                })
                .thenApply(found -> found.stream().map(Found::content).toList());
    }
}
