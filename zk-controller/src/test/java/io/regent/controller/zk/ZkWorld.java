package io.regent.controller.zk;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A ZooKeeper, real or simulated, that a contract is held against: sessions with it, and what may happen to them. */
interface ZkWorld extends AutoCloseable {

    /** A session that has begun, and ends with the world. */
    ZkSession session(String name);

    /** Lets time pass until this holds; fails when it does not in good time. */
    void await(BooleanSupplier condition);

    /** Ends a session as ZooKeeper does when it has not heard of it. */
    void expire(ZkSession session);

    /** Does this while the session has no connection, and gives it one again. The session lives on. */
    void withoutConnection(ZkSession session, Runnable meanwhile);

    /** Makes a call, a multi, that takes effect and whose reply is lost. */
    <T> CompletableFuture<T> losingReply(ZkSession session, Supplier<CompletableFuture<T>> call);

    @Override
    void close();

    /** The outcome of a call; a failure is thrown as a {@code CompletionException}. */
    default <T> T get(CompletableFuture<T> call) {
        await(call::isDone);
        return call.join();
    }

    /** The handle of a session that lives. */
    default ZkHandle handle(ZkSession session) {
        CompletableFuture<ZkHandle> handle = new CompletableFuture<>();
        session.thread().execute(() -> handle.complete(session.handle().orElseThrow()));
        return get(handle);
    }
}
