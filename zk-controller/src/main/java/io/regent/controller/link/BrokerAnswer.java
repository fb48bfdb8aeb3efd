package io.regent.controller.link;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.CorrelationIdMismatchException;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.kafka.common.utils.ByteUtils;

/** What a broker answered. Not changed once read; any thread. */
public sealed interface BrokerAnswer {

    /** An answer as Kafka's classes read it. */
    record Whole(AbstractResponse response) implements BrokerAnswer {}

    /**
     * An answer to LeaderAndIsr from version 5 on, which names topics by their ids.
     *
     * <p>Read by hand and not by Kafka's classes, as those make an object for each of the 600,000 partitions that are answered
     * in a takeover of 200,000; a test holds it against them.
     *
     * @param error what is wrong with the request as a whole; else {@link Errors#NONE}
     */
    record LeaderAndIsr(Errors error, List<Topic> topics) implements BrokerAnswer {

        /** The first version of this form. */
        static final short LOWEST_VERSION = 5;

        /**
         * What became of the partitions of a topic.
         *
         * @param obeyed the numbers of those that are as they shall be
         */
        record Topic(Uuid id, BitSet obeyed, List<Refusal> refusals) {}

        /** A partition that is not as it shall be. */
        record Refusal(int partition, Errors error) {}

        private static LeaderAndIsr read(ByteBuffer body) {
            Errors error = Errors.forCode(body.getShort());
            int count = ByteUtils.readUnsignedVarint(body) - 1;
            List<Topic> topics = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                topics.add(readTopic(body));
            }
            skipTags(body);
            return new LeaderAndIsr(error, topics);
        }

        private static Topic readTopic(ByteBuffer body) {
            Uuid id = new Uuid(body.getLong(), body.getLong());
            BitSet obeyed = new BitSet();
            List<Refusal> refusals = List.of();
            int count = ByteUtils.readUnsignedVarint(body) - 1;
            for (int i = 0; i < count; i++) {
                int partition = body.getInt();
                short code = body.getShort();
                skipTags(body);
                if (code == Errors.NONE.code()) {
                    obeyed.set(partition);
                } else {
                    refusals = refusals.isEmpty() ? new ArrayList<>() : refusals;
                    refusals.add(new Refusal(partition, Errors.forCode(code)));
                }
            }
            skipTags(body);
            return new Topic(id, obeyed, refusals);
        }

        private static void skipTags(ByteBuffer body) {
            for (int left = ByteUtils.readUnsignedVarint(body); left > 0; left--) {
                ByteUtils.readUnsignedVarint(body);
                int size = ByteUtils.readUnsignedVarint(body);
                body.position(body.position() + size);
            }
        }
    }

    /**
     * Reads the answer to a request.
     *
     * @param frame begins with the header of the response
     * @throws RuntimeException when it cannot be read, or answers another request
     */
    static BrokerAnswer read(ByteBuffer frame, RequestHeader request) {
        if (!isLeaderAndIsr(request.apiKey(), request.apiVersion())) {
            return new Whole(AbstractResponse.parseResponse(frame, request));
        }
        ResponseHeader header =
                ResponseHeader.parse(frame, request.apiKey().responseHeaderVersion(request.apiVersion()));
        if (header.correlationId() != request.correlationId()) {
            throw new CorrelationIdMismatchException(
                    "answer " + header.correlationId() + " to request " + request.correlationId(),
                    request.correlationId(),
                    header.correlationId());
        }
        return LeaderAndIsr.read(frame);
    }

    /**
     * Reads an answer without a header.
     *
     * @throws RuntimeException when it cannot be read
     */
    static BrokerAnswer of(ApiKeys key, short version, ByteBuffer body) {
        return isLeaderAndIsr(key, version)
                ? LeaderAndIsr.read(body)
                : new Whole(AbstractResponse.parseResponse(key, body, version));
    }

    private static boolean isLeaderAndIsr(ApiKeys key, short version) {
        return key == ApiKeys.LEADER_AND_ISR && version >= LeaderAndIsr.LOWEST_VERSION;
    }
}
