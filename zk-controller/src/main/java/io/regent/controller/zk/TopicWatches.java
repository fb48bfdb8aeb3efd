package io.regent.controller.zk;

import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watches on all topics and their overrides, in one session after the other, and whether they miss anything. Session's
 * thread only. It reads nothing: what was missed is for its owner to read.
 */
final class TopicWatches {

    private static final Logger LOG = LoggerFactory.getLogger(TopicWatches.class);

    private final ZkSession session;
    private final Consumer<String> onChange;
    private final Runnable onRetry;

    /** The session that is watched; null between two. */
    private ZkHandle handle;

    private Watcher watcher;
    private boolean missNothing;
    private boolean impossible;

    /**
     * @param onChange is told the path of what changed, on the session's thread
     * @param onRetry is run when the watches that were refused had better be asked for again
     */
    TopicWatches(ZkSession session, Consumer<String> onChange, Runnable onRetry) {
        this.session = session;
        this.onChange = onChange;
        this.onRetry = onRetry;
    }

    /** A session has begun, which watches nothing yet. */
    void began(ZkHandle newHandle) {
        handle = newHandle;
        impossible = false;
        watcher = event -> {
            if (event.getType() != EventType.None && event.getType() != EventType.PersistentWatchRemoved) {
                session.thread().execute(() -> {
                    if (newHandle == handle) {
                        onChange.accept(event.getPath());
                    }
                });
            }
        };
    }

    /** The session is over. */
    void ended() {
        handle = null;
    }

    /** Whether every change since they were asked for last has been told, or will be. */
    boolean missNothing() {
        return missNothing;
    }

    /** Whether ZooKeeper is too old for them. */
    boolean areImpossible() {
        return impossible;
    }

    /** Asks for the watches: to be called before anything is read, so that no change falls between. */
    void ask() {
        missNothing = false;
        ZkHandle watching = handle;
        Calls.then(
                watch(TopicZnode.PARENT)
                        .thenCombine(watch(ConfigZnode.EntityType.TOPICS.parent()), (topics, configs) -> true),
                watched -> missNothing = watching == handle,
                failure -> refused(watching, failure));
    }

    /** Ends those on topics, which are then to be asked for again. Where that fails they go on telling, which does no harm. */
    void end() {
        missNothing = false;
        Calls.then(
                handle.unwatch(TopicZnode.PARENT),
                ended -> LOG.debug("{} is not watched while much of it is written", TopicZnode.PARENT),
                failure -> LOG.info("{} is still watched: {}", TopicZnode.PARENT, failure.getMessage()));
    }

    private CompletableFuture<Void> watch(String path) {
        return handle.watch(path, AddWatchMode.PERSISTENT_RECURSIVE, watcher);
    }

    private void refused(ZkHandle watching, ZkFailure failure) {
        if (watching != handle || failure.fateUnknown()) {
            return;
        }
        if (failure.is(Code.UNIMPLEMENTED)) {
            impossible = true;
            LOG.warn(
                    "ZooKeeper is older than 3.6 and cannot watch {}: a takeover reads all topics, and topics that are "
                            + "created by writing znodes are found at takeovers only",
                    TopicZnode.PARENT);
        } else {
            LOG.error("{} cannot be watched, which is tried again: {}", TopicZnode.PARENT, failure.getMessage());
            session.thread().schedule(Observation.RETRY_MS, () -> {
                if (watching == handle) {
                    onRetry.run();
                }
            });
        }
    }
}
