package io.regent.controller.zk;

import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ClusterIdZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.PersistentZnodes;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;

/**
 * What a broker reads and writes in ZooKeeper besides its registration, over the node's session.
 *
 * <p>Any thread may call it; futures complete on the session's thread, which must not be kept. They fail with
 * {@link ZkUnreachableException} when ZooKeeper is away for longer than {@code zookeeper.connection.timeout.ms}, and with
 * {@link IllegalStateException} where a znode cannot be read. Each write may be made twice when a reply is lost, and is
 * such that this does no harm.
 */
public final class ClusterZnodes {

    private final ZkSession session;

    public ClusterZnodes(ZkSession session) {
        this.session = session;
    }

    /** Makes the persistent znodes that any Kafka broker makes when it starts, as far as they are missing. */
    public CompletableFuture<Void> createRoots() {
        return create(PersistentZnodes.PATHS);
    }

    /** Whether there is such a znode. */
    public CompletableFuture<Boolean> exists(String path) {
        return Persistent.call(session, handle -> handle.read(path).thenApply(Optional::isPresent));
    }

    /** Makes these persistent znodes and their ancestors, as far as they are missing. */
    public CompletableFuture<Void> create(List<String> wanted) {
        Set<String> paths = new LinkedHashSet<>();
        for (String path : wanted) {
            addAncestors(path, paths);
            paths.add(path);
        }
        List<String> all = new ArrayList<>(paths);
        // A path that exists already, perhaps since a moment ago, is as good as one that was created.
        return Persistent.call(
                session,
                handle -> handle.readAll(all)
                        .thenCompose(read -> {
                            List<String> missing = new ArrayList<>(all);
                            read.forEach(found -> found.ifPresent(znode -> missing.remove(znode.path())));
                            return Calls.pipeline(missing, 1, path -> createIfAbsent(handle, path, null));
                        })
                        .thenApply(created -> null));
    }

    private static void addAncestors(String path, Set<String> paths) {
        for (int end = path.indexOf('/', 1); end >= 0; end = path.indexOf('/', end + 1)) {
            paths.add(path.substring(0, end));
        }
    }

    private static CompletableFuture<Boolean> createIfAbsent(ZkHandle handle, String path, byte[] data) {
        return handle.create(path, data, CreateMode.PERSISTENT).handle((created, thrown) -> {
            if (thrown == null) {
                return true;
            }
            ZkFailure failure = ZkFailure.of(thrown);
            if (failure.is(Code.NODEEXISTS)) {
                return false;
            }
            throw failure;
        });
    }

    /**
     * The cluster's id; this one if it has none yet. Brokers that start together agree, since only one can create it.
     */
    public CompletableFuture<String> clusterIdOrCreate(String proposed) {
        return Persistent.call(
                session,
                handle -> createParents(handle, ClusterIdZnode.PATH)
                        .thenCompose(
                                parents -> createIfAbsent(handle, ClusterIdZnode.PATH, ClusterIdZnode.encode(proposed)))
                        .thenCompose(created -> handle.read(ClusterIdZnode.PATH))
                        .thenApply(znode -> decoded(() ->
                                ClusterIdZnode.decode(znode.map(Znode::data).orElse(null)))));
    }

    private static CompletableFuture<List<Boolean>> createParents(ZkHandle handle, String path) {
        Set<String> ancestors = new LinkedHashSet<>();
        addAncestors(path, ancestors);
        return Calls.pipeline(List.copyOf(ancestors), 1, ancestor -> createIfAbsent(handle, ancestor, null));
    }

    /**
     * A broker id that no other broker was given ({@code broker.id.generation.enable}). An id is lost with a lost reply.
     *
     * @param reservedMax {@code reserved.broker.max.id}: generated ids are higher
     */
    public CompletableFuture<Integer> generateBrokerId(int reservedMax) {
        return Persistent.call(
                session,
                handle -> handle.set(PersistentZnodes.BROKER_SEQUENCE, new byte[0], -1)
                        .thenApply(version -> reservedMax + version));
    }

    /** The configuration overrides of a topic, a broker ({@link ConfigZnode#DEFAULT_ENTITY} for all) or another entity. */
    public CompletableFuture<Map<String, String>> config(EntityType type, String name) {
        String path = ConfigZnode.path(type, name);
        return Persistent.call(session, handle -> handle.read(path).thenApply(ClusterZnodes::config));
    }

    /** The configuration overrides of many topics, by name; a topic without any is left out. */
    public CompletableFuture<Map<String, Map<String, String>>> topicConfigs(List<String> topics) {
        List<String> paths = topics.stream().map(ConfigZnode::topicPath).toList();
        return Persistent.call(
                session,
                handle -> Calls.readAll(handle, paths, session.settings().maxInFlight())
                        .thenApply(read -> {
                            Map<String, Map<String, String>> configs = new TreeMap<>();
                            for (int i = 0; i < topics.size(); i++) {
                                if (read.get(i).isPresent()) {
                                    configs.put(topics.get(i), config(read.get(i)));
                                }
                            }
                            return configs;
                        }));
    }

    static Map<String, String> config(Optional<Znode> found) {
        return found.isEmpty()
                ? Map.of()
                : decoded(
                        () -> ConfigZnode.decode(found.get().path(), found.get().data()));
    }

    /** The names of all topics, as ZooKeeper lists them. */
    public CompletableFuture<List<String>> topics() {
        return Persistent.call(session, handle -> handle.children(TopicZnode.PARENT));
    }

    /** How many partitions a topic has; empty when there is no such topic. */
    public CompletableFuture<OptionalInt> partitionCount(String topic) {
        return Persistent.call(
                session,
                handle -> handle.read(TopicZnode.path(topic))
                        .thenApply(found -> found.isEmpty()
                                ? OptionalInt.empty()
                                : OptionalInt.of(decoded(() -> TopicZnode.decode(
                                                topic, found.get().data()))
                                        .assignments()
                                        .length)));
    }

    /** The epoch of the newest reign, as the servers that have caught up know it; 0 before the first. */
    public CompletableFuture<Integer> controllerEpoch() {
        String path = ControllerEpochZnode.PATH;
        return Persistent.call(
                session,
                handle -> handle.sync(path)
                        .thenCompose(synced -> handle.read(path))
                        .thenApply(found -> found.isEmpty()
                                ? 0
                                : decoded(() ->
                                        ControllerEpochZnode.decode(found.get().data()))));
    }

    private interface Decoding<T> {
        T run() throws BadZnodeException;
    }

    private static <T> T decoded(Decoding<T> decoding) {
        try {
            return decoding.run();
        } catch (BadZnodeException e) {
            throw new CompletionException(new IllegalStateException(e.getMessage(), e));
        }
    }
}
