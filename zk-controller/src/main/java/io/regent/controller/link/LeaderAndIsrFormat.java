package io.regent.controller.link;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;

/** LeaderAndIsr, from version 5 on. */
final class LeaderAndIsrFormat extends StateFormat {

    /** Says whether a leader was elected uncleanly (KIP-704); older ones have no place for it. */
    private static final short FIRST_WITH_RECOVERY = 6;

    private final boolean namesRecovery;

    LeaderAndIsrFormat(short version) {
        this.namesRecovery = version >= FIRST_WITH_RECOVERY;
    }

    @Override
    void begin(ClusterImage image, TopicImage topic) {}

    @Override
    int leader(PartitionState state) {
        return state.leader();
    }

    @Override
    int restBytes(TopicImage topic, int number) {
        Assignment assignment = topic.assignment(number);
        return bytes(assignment.adding()) + bytes(assignment.removing()) + (namesRecovery ? 2 : 1);
    }

    @Override
    void writeRest(TopicImage topic, int number, PartitionState state, boolean isNew, ByteBuffer to) {
        Assignment assignment = topic.assignment(number);
        write(assignment.adding(), to);
        write(assignment.removing(), to);
        to.put((byte) (isNew ? 1 : 0));
        if (namesRecovery) {
            to.put((byte) state.recovery().code());
        }
    }
}
