package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import org.apache.kafka.common.errors.IllegalSaslStateException;

/**
 * Refuses SASL requests with ILLEGAL_SASL_STATE, as Kafka does on a listener without SASL.
 *
 * <p>Stateless; any thread may call it.
 */
final class SaslOnPlaintextHandler implements RequestHandler {
    @Override
    public void handle(Request request) {
        String reason = request.apiKey().name + " is not allowed on the "
                + request.context().securityProtocol() + " listener "
                + request.context().listenerName();
        request.reply(request.body().getErrorResponse(new IllegalSaslStateException(reason)));
    }
}
