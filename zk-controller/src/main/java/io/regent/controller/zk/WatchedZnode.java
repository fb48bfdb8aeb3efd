package io.regent.controller.zk;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in ZooKeeper that is watched, and read again after each change; keeps what was read last. Session's thread
 * only.
 */
final class WatchedZnode<T> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedZnode.class);

    private final String path;
    private final ZkSession session;
    private final Observation<T> observation;

    private AddWatchMode mode;
    private T last;
    private ZkHandle watching;
    private Watcher watcher;
    private boolean stopped;

    /**
     * @param atFirst what counts as read before the first reading
     * @param receiver is handed each reading, when {@link #last} gives it already
     */
    WatchedZnode(
            String path,
            AddWatchMode mode,
            ZkSession session,
            T atFirst,
            Function<ZkHandle, CompletableFuture<T>> reader,
            Consumer<T> receiver) {
        this.path = path;
        this.mode = mode;
        this.session = session;
        this.last = atFirst;
        this.observation = new Observation<>(path, session, reader, read -> {
            last = read;
            receiver.accept(read);
        });
    }

    /** What was read last. */
    T last() {
        return last;
    }

    /** Whether that is all that is known to have changed. */
    boolean isCurrent() {
        return observation.isCurrent();
    }

    /** Sets the watch for this session and reads; also after a reconnect, as what was missed meanwhile is not told. */
    void watch(ZkHandle handle) {
        if (handle != watching) {
            watching = handle;
            watcher = event -> {
                if (event.getType() != EventType.None) {
                    session.thread().execute(observation::stale);
                }
            };
        }
        Calls.then(handle.watch(path, mode, watcher), watched -> {}, failure -> watchFailed(handle, failure));
        observation.stale();
    }

    private void watchFailed(ZkHandle handle, ZkFailure failure) {
        if (failure.is(Code.UNIMPLEMENTED)) {
            // A server older than 3.6: of a tree, only which children there are can be watched.
            mode = AddWatchMode.PERSISTENT;
            watch(handle);
        } else if (!failure.fateUnknown() && !stopped) {
            LOG.error("{} cannot be watched, which is tried again: {}", path, failure.getMessage());
            session.thread()
                    .schedule(
                            Observation.RETRY_MS,
                            () -> session.handle().filter(now -> now == handle).ifPresent(this::watch));
        }
    }

    /** No failed watch is tried again. */
    void stop() {
        stopped = true;
    }
}
