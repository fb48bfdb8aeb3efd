package io.regent.controller.link;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * A request in bytes, but for its header, which each connection gives it. Immutable; read by one thread at a time.
 *
 * @param bytes how long all parts together are
 * @param parts follow each other. Each iteration gives buffers of its own to read from; a large request is written while it
 *     is iterated, so that not all of it is in memory at a time
 */
public record Body(ApiKeys key, short version, int bytes, Iterable<ByteBuffer> parts) {

    /** The body of this message. */
    static Body of(ApiMessage message, short version) {
        return of(ApiKeys.forId(message.apiKey()), version, List.of(MessageUtil.toByteBuffer(message, version)));
    }

    /** Parts that are written already, and that other requests may share. */
    static Body of(ApiKeys key, short version, List<ByteBuffer> parts) {
        int bytes = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        return new Body(
                key,
                version,
                bytes,
                () -> parts.stream().map(ByteBuffer::duplicate).iterator());
    }

    /** The request, as a broker reads it. */
    public AbstractRequest parse() {
        ByteBuffer whole = ByteBuffer.allocate(bytes);
        parts.forEach(whole::put);
        whole.flip();
        return AbstractRequest.parseRequest(key, version, whole).request;
    }
}
