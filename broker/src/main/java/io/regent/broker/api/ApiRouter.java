package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Hands each request to the handler registered for its api key.
 *
 * <p>Immutable once built, so any thread may call it. ApiVersions, which advertises exactly what is registered, and the
 * SASL requests of a PLAINTEXT listener are registered by the router itself.
 */
public final class ApiRouter implements RequestHandler {
    private final Map<ApiKeys, RequestHandler> handlers;

    private ApiRouter(Map<ApiKeys, RequestHandler> handlers) {
        this.handlers = handlers;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The api keys that have a handler, and are therefore advertised. */
    public Set<ApiKeys> served() {
        return Set.copyOf(handlers.keySet());
    }

    /** A request whose api key has no handler closes the connection, as Kafka does with keys it has not enabled. */
    @Override
    public void handle(Request request) {
        RequestHandler handler = handlers.get(request.apiKey());
        if (handler == null) {
            request.disconnect("api key " + request.apiKey() + " is not served");
            return;
        }
        handler.handle(request);
    }

    /** Collects registrations; used by one thread while the broker is wired. */
    public static final class Builder {
        private final Map<ApiKeys, RequestHandler> handlers = new EnumMap<>(ApiKeys.class);

        private Builder() {}

        /** Registers the handler of one api key; a second handler for the same key is a wiring error. */
        public Builder register(ApiKeys key, RequestHandler handler) {
            if (handlers.putIfAbsent(key, handler) != null) {
                throw new IllegalArgumentException("two handlers for api key " + key);
            }
            return this;
        }

        public ApiRouter build() {
            Map<ApiKeys, RequestHandler> all = new EnumMap<>(handlers);
            SaslOnPlaintextHandler sasl = new SaslOnPlaintextHandler();
            all.putIfAbsent(ApiKeys.SASL_HANDSHAKE, sasl);
            all.putIfAbsent(ApiKeys.SASL_AUTHENTICATE, sasl);
            Set<ApiKeys> advertised = new HashSet<>(all.keySet());
            advertised.add(ApiKeys.API_VERSIONS);
            all.putIfAbsent(ApiKeys.API_VERSIONS, new ApiVersionsHandler(advertised));
            return new ApiRouter(all);
        }
    }
}
