package io.regent.controller.zk;

import io.regent.controller.WriteLimits;
import io.regent.metadata.znode.ConfigChangeZnode;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.common.PathUtils;

/**
 * Changes configuration overrides in ZooKeeper as any Kafka broker may, over the node's session.
 *
 * <p>A change and the notification that tells all brokers of it are one multi, guarded by the version that was read: no
 * other change is overwritten, and none stays unheard (Kafka makes two writes). Any thread may call it; futures complete
 * on the session's thread, and fail as those of {@link ClusterZnodes}.
 */
public final class EntityConfigs {

    /** A change gives way to others this often; more means that somebody writes the entity in a loop. */
    static final int MAX_CONFLICTS = 20;

    private static final String CLIENTS = "/clients";

    private final ZkSession session;

    public EntityConfigs(ZkSession session) {
        this.session = session;
    }

    /** Others changed the same entity again and again, so that this change never had its turn; it did not happen. */
    public static final class ContendedException extends RuntimeException {
        ContendedException(String path) {
            super(path + " is being changed by others all the time", null, false, false);
        }
    }

    /** The topic does not exist (any more), so it cannot be configured. */
    public static final class NoSuchTopicException extends RuntimeException {
        NoSuchTopicException(String topic) {
            super("The topic '" + topic + "' does not exist.", null, false, false);
        }
    }

    /** The overrides of one entity; none if nothing was ever set. */
    public CompletableFuture<Map<String, String>> read(EntityType type, String name) {
        return call(path(type, name), handle -> handle.read(path(type, name)).thenApply(ClusterZnodes::config));
    }

    /** The overrides of all entities of a type, by name; of users those of their clients too, as {@code U/clients/C}. */
    public CompletableFuture<SortedMap<String, Map<String, String>>> all(EntityType type) {
        return Persistent.call(
                session,
                handle -> handle.children(type.parent())
                        .thenCompose(names -> type == EntityType.USERS
                                ? withClients(handle, names)
                                : CompletableFuture.completedFuture(names))
                        .thenCompose(names -> readAll(handle, type, names)));
    }

    private CompletableFuture<List<String>> withClients(ZkHandle handle, List<String> users) {
        return Calls.pipeline(
                        users,
                        session.settings().maxInFlight(),
                        user -> handle.children(path(EntityType.USERS, user) + CLIENTS))
                .thenApply(clients -> {
                    List<String> all = new ArrayList<>(users);
                    for (int i = 0; i < users.size(); i++) {
                        String prefix = users.get(i) + CLIENTS + "/";
                        clients.get(i).forEach(client -> all.add(prefix + client));
                    }
                    return all;
                });
    }

    private CompletableFuture<SortedMap<String, Map<String, String>>> readAll(
            ZkHandle handle, EntityType type, List<String> names) {
        List<String> paths = names.stream().map(name -> path(type, name)).toList();
        return Calls.readAll(handle, paths, session.settings().maxInFlight()).thenApply(read -> {
            SortedMap<String, Map<String, String>> configs = new TreeMap<>();
            for (int i = 0; i < names.size(); i++) {
                configs.put(names.get(i), ClusterZnodes.config(read.get(i)));
            }
            return configs;
        });
    }

    /**
     * Replaces the overrides of an entity by what {@code change} makes of them, and tells all brokers.
     *
     * <p>{@code change} is called anew when others came first, or when the reply was lost, after the write perhaps took
     * effect: applying it twice must do what applying it once does. What it throws refuses the change and fails the
     * future.
     *
     * @param name as in {@link ConfigZnode}; of a topic that exists
     * @return the overrides as they are now; fails with {@link ContendedException} or {@link NoSuchTopicException} too
     */
    public CompletableFuture<Map<String, String>> change(
            EntityType type, String name, UnaryOperator<Map<String, String>> change) {
        Change wanted = new Change(type, name, change);
        return call(wanted.path(), handle -> attempt(handle, wanted, 0));
    }

    private record Change(EntityType type, String name, UnaryOperator<Map<String, String>> change) {
        String path() {
            return EntityConfigs.path(type, name);
        }
    }

    private static CompletableFuture<Map<String, String>> attempt(ZkHandle handle, Change wanted, int conflicts) {
        List<String> paths = new ArrayList<>(List.of(wanted.path()));
        paths.addAll(optionalParents(wanted.type(), wanted.name()));
        return handle.readAll(paths).thenCompose(read -> {
            Map<String, String> next = new TreeMap<>(wanted.change().apply(ClusterZnodes.config(read.get(0))));
            byte[] data = ConfigZnode.encode(next);
            if (data.length > WriteLimits.MAX_ZNODE_BYTES) {
                throw new IllegalArgumentException(
                        "The configuration of " + wanted.type().parent() + "/"
                                + wanted.name() + " would take " + data.length + " bytes; ZooKeeper takes at most "
                                + WriteLimits.MAX_ZNODE_BYTES);
            }
            List<List<Op>> ways = ways(wanted, read, next.isEmpty(), data);
            return commit(handle, wanted, ways, 0).thenCompose(done -> {
                if (done) {
                    return CompletableFuture.completedFuture(next);
                }
                if (conflicts >= MAX_CONFLICTS) {
                    return CompletableFuture.failedFuture(new ContendedException(wanted.path()));
                }
                return attempt(handle, wanted, conflicts + 1);
            });
        });
    }

    /** Tries the ways in turn; false when others came first and all has to be read again. */
    private static CompletableFuture<Boolean> commit(ZkHandle handle, Change wanted, List<List<Op>> ways, int way) {
        return handle.multi(ways.get(way)).handle((results, thrown) -> thrown).thenCompose(thrown -> {
            if (thrown == null) {
                return CompletableFuture.completedFuture(true);
            }
            ZkFailure failure = ZkFailure.of(thrown);
            if (failure.is(Code.NOTEMPTY) && way + 1 < ways.size()) {
                return commit(handle, wanted, ways, way + 1);
            }
            if (failure.is(Code.NONODE)
                    && wanted.type() == EntityType.TOPICS
                    && failure.path().equals(TopicZnode.path(wanted.name()))) {
                return CompletableFuture.failedFuture(new NoSuchTopicException(wanted.name()));
            }
            return switch (failure.code()) {
                case BADVERSION, NODEEXISTS, NONODE, NOTEMPTY -> CompletableFuture.completedFuture(false);
                default -> CompletableFuture.failedFuture(failure);
            };
        });
    }

    /** The multis that would do it, the most thorough first; the next is for when a znode turns out to have children. */
    private static List<List<Op>> ways(Change wanted, List<Optional<Znode>> read, boolean empty, byte[] data) {
        List<List<Op>> ways = new ArrayList<>();
        Optional<Znode> found = read.get(0);
        boolean removable = empty && wanted.type() != EntityType.TOPICS && wanted.type() != EntityType.BROKERS;
        if (removable && found.isPresent()) {
            removals(found.get(), read).forEach(removal -> ways.add(announced(wanted, removal)));
        }
        List<Op> write = new ArrayList<>();
        if (wanted.type() == EntityType.TOPICS) {
            // A topic that is deleted meanwhile must not leave a configuration to a later one of its name.
            write.add(Op.check(TopicZnode.path(wanted.name()), -1));
        }
        if (found.isPresent()) {
            write.add(Op.setData(wanted.path(), data, found.get().version()));
        } else if (!removable) {
            List<String> parents = optionalParents(wanted.type(), wanted.name());
            for (int i = parents.size() - 1; i >= 0; i--) {
                if (read.get(i + 1).isEmpty()) {
                    write.add(create(parents.get(i), null, CreateMode.PERSISTENT));
                }
            }
            write.add(create(wanted.path(), data, CreateMode.PERSISTENT));
        }
        ways.add(announced(wanted, write));
        return ways;
    }

    /** An entity without overrides goes, and with it parents that held nothing else, so that znodes do not pile up. */
    private static List<List<Op>> removals(Znode znode, List<Optional<Znode>> read) {
        Op self = Op.delete(znode.path(), znode.version());
        if (read.size() == 1) {
            return List.of(List.of(self));
        }
        List<List<Op>> removals = new ArrayList<>();
        Optional<Znode> clients = read.get(1);
        Optional<Znode> user = read.get(2);
        if (clients.isPresent()
                && user.isPresent()
                && ClusterZnodes.config(user).isEmpty()) {
            removals.add(List.of(
                    self,
                    Op.delete(clients.get().path(), -1),
                    Op.delete(user.get().path(), user.get().version())));
        }
        clients.ifPresent(parent -> removals.add(List.of(self, Op.delete(parent.path(), -1))));
        removals.add(List.of(self));
        return removals;
    }

    private static List<Op> announced(Change wanted, List<Op> write) {
        List<Op> ops = new ArrayList<>(write);
        String entity = wanted.path().substring(ConfigZnode.ROOT.length() + 1);
        ops.add(create(
                ConfigChangeZnode.SEQUENCE_PATH, ConfigChangeZnode.encode(entity), CreateMode.PERSISTENT_SEQUENTIAL));
        return ops;
    }

    private static Op create(String path, byte[] data, CreateMode mode) {
        return Op.create(path, data, Ids.OPEN_ACL_UNSAFE, mode);
    }

    /** Parents that exist only for this kind of entity, the nearest first. */
    private static List<String> optionalParents(EntityType type, String name) {
        int clients = type == EntityType.USERS ? name.indexOf(CLIENTS + "/") : -1;
        if (clients < 0) {
            return List.of();
        }
        String user = path(type, name.substring(0, clients));
        return List.of(user + CLIENTS, user);
    }

    private static String path(EntityType type, String name) {
        return ConfigZnode.path(type, name);
    }

    /** @param path refused before it is used, where ZooKeeper could not hold it */
    private <T> CompletableFuture<T> call(String path, Function<ZkHandle, CompletableFuture<T>> call) {
        try {
            PathUtils.validatePath(path);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Persistent.call(session, call);
    }
}
