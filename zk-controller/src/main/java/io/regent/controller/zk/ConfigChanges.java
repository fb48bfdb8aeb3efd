package io.regent.controller.zk;

import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ConfigChangeZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches {@code /config/changes}, where whoever changes a configuration leaves a notification for all brokers.
 *
 * <p>Notifications are told by the entity they name ({@code topics/orders}), in order, each once a session; after a new
 * session or a reconnect those that still stand may be told again, so that none is missed. The listener reads the
 * configuration itself, and is called on the session's thread.
 */
public final class ConfigChanges implements ZkSession.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigChanges.class);

    private final ZkSession session;
    private final Consumer<String> onChange;
    private final WatchedZnode<List<Znode>> changes;
    private final SeenNotifications seen;
    private String lastSeen = "";

    /**
     * @param onChange is told the changed entity, as {@code TYPE/NAME}
     */
    public ConfigChanges(ZkSession session, Consumer<String> onChange) {
        this.session = session;
        this.onChange = onChange;
        this.seen = new SeenNotifications(session);
        this.changes = new WatchedZnode<>(
                ConfigChangeZnode.PARENT, AddWatchMode.PERSISTENT, session, List.of(), this::read, this::tell);
    }

    /** Begins to watch. Notifications that stood before are told too. */
    public void start() {
        session.thread().execute(() -> {
            session.addListener(this);
            session.handle().ifPresent(this::began);
        });
    }

    @Override
    public void began(ZkHandle handle) {
        lastSeen = "";
        seen.forget();
        changes.watch(handle);
    }

    @Override
    public void reconnected(ZkHandle handle) {
        changes.watch(handle);
    }

    /** Sequence numbers have ten digits, so the order of names is that of the changes. */
    private CompletableFuture<List<Znode>> read(ZkHandle handle) {
        String last = lastSeen;
        return handle.children(ConfigChangeZnode.PARENT).thenCompose(names -> {
            List<String> unseen = names.stream()
                    .map(name -> ConfigChangeZnode.PARENT + "/" + name)
                    .filter(path -> path.startsWith(ConfigChangeZnode.SEQUENCE_PATH) && path.compareTo(last) > 0)
                    .sorted()
                    .toList();
            return Calls.readAll(handle, unseen, 1)
                    .thenApply(read -> read.stream().flatMap(Optional::stream).toList());
        });
    }

    private void tell(List<Znode> read) {
        List<String> entities = new ArrayList<>();
        for (Znode znode : read) {
            lastSeen = znode.path();
            seen.saw(znode.path());
            try {
                entities.add(ConfigChangeZnode.decode(znode.path(), znode.data()));
            } catch (BadZnodeException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        entities.stream().distinct().forEach(onChange);
        session.handle().ifPresent(seen::removeOld);
    }
}
