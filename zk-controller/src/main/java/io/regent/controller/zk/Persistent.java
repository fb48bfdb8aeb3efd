package io.regent.controller.zk;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * A call to ZooKeeper that is made again while its reply is lost, for a limited time; only for calls that may take effect
 * twice. Session's thread only.
 */
final class Persistent<T> {

    /** How soon it is seen whether there is a connection again. */
    private static final long RETRY_MS = 100;

    private final ZkSession session;
    private final Function<ZkHandle, CompletableFuture<T>> call;
    private final long deadlineMs;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Persistent(ZkSession session, Function<ZkHandle, CompletableFuture<T>> call) {
        this.session = session;
        this.call = call;
        this.deadlineMs = session.thread().nowMs() + session.settings().connectionTimeoutMs();
    }

    /**
     * Makes the call. The future fails with {@link ZkUnreachableException} when there was no reply for
     * {@code zookeeper.connection.timeout.ms}, else with {@link ZkFailure}. Any thread.
     */
    static <T> CompletableFuture<T> call(ZkSession session, Function<ZkHandle, CompletableFuture<T>> call) {
        Persistent<T> persistent = new Persistent<>(session, call);
        session.thread().execute(persistent::attempt);
        return persistent.result;
    }

    private void attempt() {
        if (session.thread().nowMs() - deadlineMs > 0) {
            result.completeExceptionally(ZkUnreachableException.noAnswer(session.settings()));
        } else if (!session.isConnected()) {
            session.thread().schedule(RETRY_MS, this::attempt);
        } else {
            session.handle().ifPresent(handle -> {
                var unused = call.apply(handle).whenComplete(this::settle);
            });
        }
    }

    private void settle(T value, Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause == null) {
            result.complete(value);
        } else if (cause instanceof ZkFailure failure && failure.fateUnknown()) {
            session.thread().schedule(RETRY_MS, this::attempt);
        } else {
            result.completeExceptionally(cause);
        }
    }
}
