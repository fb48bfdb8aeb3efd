package io.regent.broker.network;

import org.apache.kafka.common.requests.AbstractResponse;

/**
 * One request of a connection and how far it has come: handed to a handler, returned from it, answered.
 *
 * <p>Its state is confined to the connection's event loop; answers may come from any thread and are carried there.
 */
final class Exchange implements Request.Responder {
    private final Connection connection;
    private final int frameBytes;
    private Request request;
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

    @Override
    public void reply(Request answeredRequest, AbstractResponse answer) {
        connection.onLoop(() -> {
            response = answer;
            connection.answered(this);
        });
    }

    @Override
    public void replyNothing(Request answeredRequest) {
        connection.onLoop(() -> connection.answered(this));
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
