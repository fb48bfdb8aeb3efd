package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * What one kind of control request says of a partition, in those versions whose lists have lengths of variable size. Both
 * kinds begin alike: number, controller epoch, leader, leader epoch, ISR, znode version, replicas. Used by one thread.
 */
abstract class StateFormat {

    /** Number, controller epoch, leader, leader epoch, znode version. */
    private static final int FIXED_BYTES = 5 * Integer.BYTES;

    private static final byte NO_TAGS = 0;
    private static final int TAGS_BYTES = 1;

    /** The next partitions are of this topic of this image. */
    abstract void begin(ClusterImage image, TopicImage topic);

    /** How many bytes {@link #write} takes. */
    final int bytes(TopicImage topic, int number, PartitionState state) {
        return FIXED_BYTES
                + bytes(state.isr())
                + bytes(topic.assignment(number).replicas())
                + restBytes(topic, number)
                + TAGS_BYTES;
    }

    /** @param isNew whether the broker was never told of it */
    final void write(TopicImage topic, int number, PartitionState state, boolean isNew, ByteBuffer to) {
        to.putInt(number).putInt(state.controllerEpoch()).putInt(leader(state)).putInt(state.leaderEpoch());
        write(state.isr(), to);
        to.putInt(state.version());
        write(topic.assignment(number).replicas(), to);
        writeRest(topic, number, state, isNew, to);
        to.put(NO_TAGS);
    }

    abstract int leader(PartitionState state);

    abstract int restBytes(TopicImage topic, int number);

    abstract void writeRest(TopicImage topic, int number, PartitionState state, boolean isNew, ByteBuffer to);

    static int bytes(Replicas ids) {
        return ByteUtils.sizeOfUnsignedVarint(ids.size() + 1) + Integer.BYTES * ids.size();
    }

    static void write(Replicas ids, ByteBuffer to) {
        ByteUtils.writeUnsignedVarint(ids.size() + 1, to);
        for (int i = 0; i < ids.size(); i++) {
            to.putInt(ids.get(i));
        }
    }
}
