package io.regent.controller.sim;

import io.regent.controller.zk.ZkFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.zookeeper.Op;

/** One call of a session on its way to a server and back. */
final class SimRequest<T> {

    private final String path;
    private final List<Op> ops;
    private final Function<SimConnection, T> reading;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    private Runnable onArrival = () -> {};
    private boolean served;
    private T result;
    private ZkFailure refusal;
    private long zxid;

    private SimRequest(String path, List<Op> ops, Function<SimConnection, T> reading) {
        this.path = path;
        this.ops = ops;
        this.reading = reading;
    }

    /** A read, or a watch, which the server that has it answers from what it knows. */
    static <T> SimRequest<T> read(String path, Function<SimConnection, T> reading) {
        return new SimRequest<>(path, List.of(), reading);
    }

    /** A write, which the leader puts into order; one without operations is a sync. */
    static <T> SimRequest<T> write(String path, List<Op> ops) {
        return new SimRequest<>(path, ops, null);
    }

    String path() {
        return path;
    }

    List<Op> ops() {
        return ops;
    }

    CompletableFuture<T> future() {
        return future;
    }

    boolean isWrite() {
        return reading == null;
    }

    void settle(T outcome) {
        result = outcome;
    }

    void refuse(ZkFailure why) {
        refusal = why;
    }

    /** The outcome holds from this transaction on. */
    void serve(long at) {
        served = true;
        zxid = at;
    }

    void read(SimConnection connection, long at) {
        settle(reading.apply(connection));
        serve(at);
    }

    boolean isServed() {
        return served;
    }

    long zxid() {
        return zxid;
    }

    /** Has the client's network thread do this when the reply is there. */
    void onArrival(Runnable task) {
        onArrival = task;
    }

    void arrived() {
        onArrival.run();
    }

    /** Hands the outcome to whoever waits for it. */
    void complete() {
        if (refusal == null) {
            future.complete(result);
        } else {
            future.completeExceptionally(refusal);
        }
    }

    void fail(ZkFailure failure) {
        future.completeExceptionally(failure);
    }
}
