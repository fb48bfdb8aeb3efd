package io.regent.controller.link;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A control request as it goes to a broker: what Kafka's own classes write of it, and the topics in between, written a few at a
 * time as the connection takes them. The LeaderAndIsr that starts a broker names all that it hosts, and as many such requests
 * are on their way as there are brokers. Used by one thread.
 */
final class TopicsBody implements Iterable<ByteBuffer> {

    /** Topics are written together until they take so much. */
    private static final int PART_BYTES = 64 * 1024;

    /** A list that names nothing. */
    private static final int EMPTY_LIST_BYTES = 1;

    /** How a request ends that names nothing: with the list of topics, another one, and no tags. */
    private static final int EMPTY_TAIL_BYTES = 2 * EMPTY_LIST_BYTES + 1;

    private final ByteBuffer head;
    private final TopicBytes topics;
    private final ByteBuffer tail;

    private TopicsBody(ByteBuffer head, TopicBytes topics, ByteBuffer tail) {
        this.head = head;
        this.topics = topics;
        this.tail = tail;
    }

    /**
     * The request.
     *
     * @param naked the request without topics and what follows them
     * @param rest the same with what follows the topics
     */
    static Body of(ApiMessage naked, ApiMessage rest, TopicBytes topics, short version) {
        TopicsBody body = new TopicsBody(head(naked, version), topics, afterHead(naked, rest, version));
        return new Body(ApiKeys.forId(naked.apiKey()), version, body.bytes(), body);
    }

    /** What comes before the topics, in a request without topics and what follows them. */
    static ByteBuffer head(ApiMessage naked, short version) {
        ByteBuffer whole = MessageUtil.toByteBuffer(naked, version);
        return whole.limit(whole.limit() - EMPTY_TAIL_BYTES);
    }

    /** What comes after the list of topics. */
    private static ByteBuffer afterHead(ApiMessage naked, ApiMessage rest, short version) {
        return MessageUtil.toByteBuffer(rest, version)
                .position(head(naked, version).limit() + EMPTY_LIST_BYTES)
                .slice();
    }

    /** All that comes after {@link #head}, in memory. */
    static ByteBuffer tail(ApiMessage naked, ApiMessage rest, TopicBytes topics, short version) {
        TopicsBody body = new TopicsBody(ByteBuffer.allocate(0), topics, afterHead(naked, rest, version));
        ByteBuffer whole = ByteBuffer.allocate(body.bytes());
        body.writeCount(whole);
        for (int topic = 0; topic < topics.size(); topic++) {
            topics.write(topic, whole);
        }
        return whole.put(body.tail.duplicate()).flip();
    }

    private int bytes() {
        return head.remaining()
                + ByteUtils.sizeOfUnsignedVarint(topics.size() + 1)
                + topics.totalBytes()
                + tail.remaining();
    }

    private void writeCount(ByteBuffer to) {
        ByteUtils.writeUnsignedVarint(topics.size() + 1, to);
    }

    @Override
    public Iterator<ByteBuffer> iterator() {
        return new Parts();
    }

    private final class Parts implements Iterator<ByteBuffer> {
        private boolean begun;
        private boolean ended;
        private int next;

        @Override
        public boolean hasNext() {
            return !ended;
        }

        @Override
        public ByteBuffer next() {
            if (ended) {
                throw new NoSuchElementException();
            }
            if (!begun) {
                begun = true;
                return begin();
            }
            if (next < topics.size()) {
                return someTopics();
            }
            ended = true;
            return tail.duplicate();
        }

        private ByteBuffer begin() {
            ByteBuffer part = ByteBuffer.allocate(head.remaining() + ByteUtils.sizeOfUnsignedVarint(topics.size() + 1));
            part.put(head.duplicate());
            writeCount(part);
            return part.flip();
        }

        private ByteBuffer someTopics() {
            int bytes = 0;
            int end = next;
            while (end < topics.size() && bytes < PART_BYTES) {
                bytes += topics.bytes(end++);
            }
            ByteBuffer part = ByteBuffer.allocate(bytes);
            for (; next < end; next++) {
                topics.write(next, part);
            }
            return part.flip();
        }
    }
}
