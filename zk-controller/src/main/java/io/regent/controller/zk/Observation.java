package io.regent.controller.zk;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one reading of ZooKeeper current: reads when told that the last one is stale, and hands on what it read.
 *
 * <p>At most one reading is on its way; changes meanwhile are answered by one more, however many there were. A reading
 * that fails for want of a connection is made again when the owner says stale on the reconnect; any other failure is
 * tried again after a pause. Session's thread only.
 */
final class Observation<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Observation.class);

    /** A pause after an unexpected failure, so that a server in trouble is not asked without end. */
    static final long RETRY_MS = 1_000;

    private final String what;
    private final ZkSession session;
    private final Function<ZkHandle, CompletableFuture<T>> reader;
    private final Consumer<T> receiver;

    private boolean reading;
    private boolean stale;

    Observation(String what, ZkSession session, Function<ZkHandle, CompletableFuture<T>> reader, Consumer<T> receiver) {
        this.what = what;
        this.session = session;
        this.reader = reader;
        this.receiver = receiver;
    }

    /** Has it read again. */
    void stale() {
        stale = true;
        if (!reading) {
            session.handle().ifPresent(this::read);
        }
    }

    /** Whether what was handed on last is all that is known to have changed. */
    boolean isCurrent() {
        return !stale && !reading;
    }

    private void read(ZkHandle handle) {
        reading = true;
        stale = false;
        Calls.then(
                reader.apply(handle),
                result -> {
                    reading = false;
                    // What a session that is over saw, the present one will see anew.
                    boolean current =
                            session.handle().filter(now -> now == handle).isPresent();
                    if (current) {
                        receiver.accept(result);
                    }
                    if (stale || !current) {
                        stale();
                    }
                },
                failure -> {
                    reading = false;
                    failed(failure);
                });
    }

    private void failed(ZkFailure failure) {
        stale = true;
        boolean sessionLives = session.handle().isPresent();
        if (sessionLives && (!failure.fateUnknown() || session.isConnected())) {
            LOG.warn("Reading {} failed and is tried again in {} ms: {}", what, RETRY_MS, failure.getMessage());
            session.thread().schedule(RETRY_MS, this::stale);
        }
    }
}
