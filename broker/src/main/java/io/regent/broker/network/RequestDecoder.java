package io.regent.broker.network;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * Decodes the frames of one connection into requests, with all that is known about the peer.
 *
 * <p>Confined to the connection's event loop, as it remembers which client software an ApiVersions request named
 * (KIP-511). It does no I/O.
 */
final class RequestDecoder {
    private final String connectionId;
    private final InetSocketAddress peer;
    private final ListenerName listener;
    private final boolean privileged;
    private ClientInformation client = ClientInformation.EMPTY;

    /**
     * @param privileged whether the connection came in by the listener that brokers use among themselves
     */
    RequestDecoder(String connectionId, InetSocketAddress peer, ListenerName listener, boolean privileged) {
        this.connectionId = connectionId;
        this.peer = peer;
        this.listener = listener;
        this.privileged = privileged;
    }

    String connectionId() {
        return connectionId;
    }

    /**
     * Parses header and body.
     *
     * @throws InvalidRequestException when they are not a request of a version that kafka-clients knows
     */
    Request decode(ByteBuffer frame, Request.Responder responder) {
        RequestHeader header;
        AbstractRequest body;
        RequestContext context;
        try {
            header = RequestHeader.parse(frame);
            context = contextOf(header);
            body = context.parseRequest(frame).request;
        } catch (RuntimeException e) {
            throw new InvalidRequestException(reasonOf(e), e);
        }
        if (body instanceof ApiVersionsRequest versions && !versions.hasUnsupportedRequestVersion()) {
            remember(versions);
        }
        return new Request(context, body, responder);
    }

    private RequestContext contextOf(RequestHeader header) {
        return new RequestContext(
                header,
                connectionId,
                peer.getAddress(),
                Optional.of(peer.getPort()),
                KafkaPrincipal.ANONYMOUS,
                listener,
                SecurityProtocol.PLAINTEXT,
                client,
                privileged);
    }

    private void remember(ApiVersionsRequest versions) {
        if (versions.version() >= 3 && versions.isValid()) {
            client = new ClientInformation(
                    versions.data().clientSoftwareName(), versions.data().clientSoftwareVersion());
        }
    }

    private static String reasonOf(RuntimeException e) {
        String reason = "a frame is not a valid request: " + e.getMessage();
        return e.getCause() == null ? reason : reason + " (" + e.getCause().getMessage() + ")";
    }
}
