package io.regent.cli.bench;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Reads a LeaderAndIsr or UpdateMetadata of Kafka 2.8 and later for the leaders that it names, and writes the answer meanwhile.
 *
 * <p>Stateless; any thread. By hand, since the harness shares its cores with the controller that it measures: objects for each
 * of millions of partitions would be a good part of what is measured. A test holds it against Kafka's own classes.
 */
final class ControlScan {
    /** The first versions with topic ids; those before were last spoken by Kafka 2.7. */
    static final short FIRST_LEADER_AND_ISR = 5;

    static final short FIRST_UPDATE_METADATA = 7;

    private static final short LEADER_AND_ISR_WITH_RECOVERY = 6;
    private static final short LEADER_AND_ISR_WITH_KRAFT = 7;
    private static final short UPDATE_METADATA_WITH_KRAFT = 8;
    private static final int UUID_BYTES = 16;
    private static final int NO_TAGS = 0;

    private final Catalog catalog;

    /** Who sends a request, and to which life of the broker. */
    record Head(Channel channel, int controllerId, int controllerEpoch, long brokerEpoch) {}

    /** What the broker thinks of a request's head: who takes its states, or why nobody does. */
    record Verdict(Errors error, StateReceiver receiver) {
        static Verdict refused(Errors error) {
            return new Verdict(error, (partition, leader, leaderEpoch) -> {});
        }
    }

    /** Decides what becomes of a request. */
    interface Judge {
        Verdict judge(Head head);
    }

    ControlScan(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Reads a request's body.
     *
     * @return the body of the answer
     */
    byte[] scan(Channel channel, short version, Cursor in, Judge judge) {
        boolean leaderAndIsr = channel == Channel.LEADER_AND_ISR;
        int controllerId = in.int32();
        if (version >= (leaderAndIsr ? LEADER_AND_ISR_WITH_KRAFT : UPDATE_METADATA_WITH_KRAFT)) {
            in.skip(1);
        }
        Head head = new Head(channel, controllerId, in.int32(), in.int64());
        Verdict verdict = judge.judge(head);
        if (leaderAndIsr) {
            in.skip(1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(verdict.error().code());
            if (verdict.error() != Errors.NONE) {
                if (leaderAndIsr) {
                    ByteUtils.writeUnsignedVarint(1, out);
                }
            } else if (leaderAndIsr) {
                answerTopics(in, version, verdict.receiver(), out);
            } else {
                metadataTopics(in, verdict.receiver());
            }
            out.writeByte(NO_TAGS);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private void answerTopics(Cursor in, short version, StateReceiver receiver, DataOutputStream out)
            throws IOException {
        int topics = in.length();
        ByteUtils.writeUnsignedVarint(topics + 1, out);
        for (int i = 0; i < topics; i++) {
            Catalog.Topic topic = catalog.topic(in.compactString());
            out.writeLong(in.int64());
            out.writeLong(in.int64());
            int partitions = in.length();
            ByteUtils.writeUnsignedVarint(partitions + 1, out);
            for (int p = 0; p < partitions; p++) {
                int number = state(in, topic, receiver);
                in.skipInts();
                in.skipInts();
                in.skip(version >= LEADER_AND_ISR_WITH_RECOVERY ? 2 : 1);
                in.skipTags();
                out.writeInt(number);
                out.writeShort(Errors.NONE.code());
                out.writeByte(NO_TAGS);
            }
            in.skipTags();
            out.writeByte(NO_TAGS);
        }
    }

    private void metadataTopics(Cursor in, StateReceiver receiver) {
        for (int topics = in.length(); topics > 0; topics--) {
            Catalog.Topic topic = catalog.topic(in.compactString());
            in.skip(UUID_BYTES);
            for (int partitions = in.length(); partitions > 0; partitions--) {
                var unused = state(in, topic, receiver);
                in.skipInts();
                in.skipTags();
            }
            in.skipTags();
        }
    }

    /** What both requests say of a partition, in the same order: up to and with its replicas. Topics of others are passed over. */
    private static int state(Cursor in, Catalog.Topic topic, StateReceiver receiver) {
        int number = in.int32();
        in.skip(Integer.BYTES);
        int leader = in.int32();
        int leaderEpoch = in.int32();
        in.skipInts();
        in.skip(Integer.BYTES);
        in.skipInts();
        if (topic != null && number < topic.partitions()) {
            receiver.state(topic.first() + number, leader, leaderEpoch);
        }
        return number;
    }
}
