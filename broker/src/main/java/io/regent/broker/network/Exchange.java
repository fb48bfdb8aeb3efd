package io.regent.broker.network;

import java.util.Optional;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * One request of a connection and how far it has come: handed to a handler, returned from it, answered.
 *
 * <p>Its state is confined to the connection's event loop, but for the times of its handling; answers may come from any thread and
 * are carried there.
 */
final class Exchange implements Request.Responder {
    private final Connection connection;
    private final int frameBytes;
    private Request request;
    private volatile long handlingBeganNs;
    private volatile long handledNs;
    private boolean handed;
    private boolean returned;
    private boolean answered;
    private AbstractResponse response;
    private String disconnectReason;

    Exchange(Connection connection, int frameBytes) {
        this.connection = connection;
        this.frameBytes = frameBytes;
    }

    /** Set once, before the exchange is queued; the request holds this exchange as the way to answer it. */
    void open(Request opened) {
        this.request = opened;
    }

    /** A client that must rest is told so in the answer, and is not read from meanwhile (KIP-219). */
    @Override
    public void reply(Request answeredRequest, AbstractResponse answer) {
        int restMs = restMs(Optional.of(answer));
        if (restMs > 0) {
            answer.maybeSetThrottleTimeMs(restMs);
        }
        connection.onLoop(() -> {
            response = answer;
            connection.rest(restMs);
            connection.answered(this);
        });
    }

    @Override
    public void replyNothing(Request answeredRequest) {
        int restMs = restMs(Optional.empty());
        connection.onLoop(() -> {
            connection.rest(restMs);
            connection.answered(this);
        });
    }

    private int restMs(Optional<AbstractResponse> answer) {
        long began = handlingBeganNs;
        long handledNanos = began == 0 ? handledNs : System.nanoTime() - began;
        return connection.limits().restMs(new TrafficLimits.Exchanged(request, frameBytes, handledNanos, answer));
    }

    /** A thread begins to handle the request. */
    void handlingBegins() {
        handlingBeganNs = System.nanoTime();
    }

    /** The thread is done with it, though the answer may be still to come. */
    void handlingEnds() {
        handledNs = System.nanoTime() - handlingBeganNs;
        handlingBeganNs = 0;
    }

    @Override
    public void disconnect(Request answeredRequest, String reason) {
        connection.onLoop(() -> {
            disconnectReason = reason;
            connection.answered(this);
        });
    }

    Connection connection() {
        return connection;
    }

    Request request() {
        return request;
    }

    int frameBytes() {
        return frameBytes;
    }

    void markHanded() {
        handed = true;
    }

    void markReturned() {
        returned = true;
    }

    void markAnswered() {
        answered = true;
    }

    boolean isHanded() {
        return handed;
    }

    boolean hasReturned() {
        return returned;
    }

    boolean isAnswered() {
        return answered;
    }

    /** Null when there is nothing to send. */
    AbstractResponse response() {
        return response;
    }

    /** Null unless the connection is to be closed in place of an answer. */
    String disconnectReason() {
        return disconnectReason;
    }
}
