package io.regent.broker.network;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One decoded request and the one answer it will get.
 *
 * <p>Any thread may answer, at most once; the server puts the answers of a connection in the order of its requests.
 * Records inside the body stay valid for as long as they are referenced. A request never touches the socket itself.
 */
public final class Request {
    /** Where the answer goes; each method is called at most once a request, from any thread. */
    public interface Responder {
        void reply(Request request, AbstractResponse response);

        void replyNothing(Request request);

        void disconnect(Request request, String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Request.class);

    private final RequestContext context;
    private final AbstractRequest body;
    private final Responder responder;
    private final long receivedNanos = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();

    public Request(RequestContext context, AbstractRequest body, Responder responder) {
        this.context = context;
        this.body = body;
        this.responder = responder;
    }

    public RequestHeader header() {
        return context.header;
    }

    public AbstractRequest body() {
        return body;
    }

    /** The body as the request class that {@code type} names; a {@link ClassCastException} means a wrong registration. */
    public <T extends AbstractRequest> T body(Class<T> type) {
        return type.cast(body);
    }

    public RequestContext context() {
        return context;
    }

    public ApiKeys apiKey() {
        return context.header.apiKey();
    }

    /** When the whole frame had arrived, on {@link System#nanoTime}'s clock. */
    public long receivedNanos() {
        return receivedNanos;
    }

    public boolean isAnswered() {
        return answered.get();
    }

    /** Sends the response after those of all earlier requests of this connection. */
    public void reply(AbstractResponse response) {
        claim();
        responder.reply(this, response);
    }

    /** Ends the request without a response, as acks=0 asks. */
    public void replyNothing() {
        claim();
        responder.replyNothing(this);
    }

    /** Closes the connection once the responses to earlier requests have left; the reason is for the log. */
    public void disconnect(String reason) {
        claim();
        responder.disconnect(this, reason);
    }

    /**
     * Answers with the request's own error response for {@code error}; without one (acks=0) the connection is closed,
     * which is how such a client learns of an error. Does nothing but log when an answer was already given.
     */
    public void fail(Throwable error) {
        Throwable cause = Errors.maybeUnwrapException(error);
        if (!(cause instanceof ApiException)) {
            LOG.error("Unexpected error while handling {}", summary(), cause);
        }
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        AbstractResponse response;
        try {
            response = body.getErrorResponse(cause);
        } catch (RuntimeException noErrorForm) {
            LOG.error("No error response for {}", summary(), noErrorForm);
            response = null;
        }
        if (response == null) {
            responder.disconnect(this, "failed without a response to carry the error: " + cause);
        } else {
            responder.reply(this, response);
        }
    }

    /** The request in one short line for logs, without its body. */
    public String summary() {
        RequestHeader header = context.header;
        return header.apiKey().name + " v" + header.apiVersion() + " (correlation id " + header.correlationId()
                + ", client id " + header.clientId() + ", connection " + context.connectionId + ", listener "
                + context.listenerName() + ")";
    }

    private void claim() {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("answered twice: " + summary());
        }
    }

    @Override
    public String toString() {
        return summary();
    }
}
