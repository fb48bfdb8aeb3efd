package io.regent.controller.link;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * The topics of one control request: measured when it is made, and written as often as it is sent.
 *
 * <p>By hand and not by Kafka's classes, since a takeover of 200,000 partitions writes 800,000 states with code that hardly any
 * compiler has seen yet; tests hold each byte against Kafka's classes. Topics that are gone by now, and partitions without a
 * state, are left out. Used by one thread.
 */
final class TopicBytes {

    private static final byte NO_TAGS = 0;
    private static final int TAGS_BYTES = 1;
    private static final int ID_BYTES = 2 * Long.BYTES;

    private final StateFormat format;
    private final TopicStates[] topics;
    private final byte[][] names;
    private final int[] counts;
    private final int[] bytes;
    private final Set<Integer> leaders = new HashSet<>();
    private int size;
    private int totalBytes;

    TopicBytes(StateFormat format, List<TopicStates> told) {
        this.format = format;
        this.topics = new TopicStates[told.size()];
        this.names = new byte[told.size()][];
        this.counts = new int[told.size()];
        this.bytes = new int[told.size()];
        told.forEach(this::measure);
    }

    private void measure(TopicStates told) {
        States states = new States(told);
        int count = 0;
        int stateBytes = 0;
        while (states.next()) {
            count++;
            stateBytes += format.bytes(states.topic, states.number, states.state);
            if (states.state.leader() != PartitionState.NO_LEADER) {
                leaders.add(states.state.leader());
            }
        }
        if (count > 0) {
            byte[] name = told.name().getBytes(StandardCharsets.UTF_8);
            topics[size] = told;
            names[size] = name;
            counts[size] = count;
            bytes[size] = ByteUtils.sizeOfUnsignedVarint(name.length + 1)
                    + name.length
                    + ID_BYTES
                    + ByteUtils.sizeOfUnsignedVarint(count + 1)
                    + stateBytes
                    + TAGS_BYTES;
            totalBytes += bytes[size];
            size++;
        }
    }

    /** How many topics there are to write. */
    int size() {
        return size;
    }

    /** How many bytes a topic takes, by its position among those that are written. */
    int bytes(int topic) {
        return bytes[topic];
    }

    /** How many bytes all of them take. */
    int totalBytes() {
        return totalBytes;
    }

    /** Who leads one of the partitions. */
    Set<Integer> leaders() {
        return leaders;
    }

    /** Writes a topic, by its position among those that are written. */
    void write(int topic, ByteBuffer to) {
        TopicStates told = topics[topic];
        TopicId id = id(told);
        ByteUtils.writeUnsignedVarint(names[topic].length + 1, to);
        to.put(names[topic]).putLong(id.mostSignificantBits()).putLong(id.leastSignificantBits());
        ByteUtils.writeUnsignedVarint(counts[topic] + 1, to);
        States states = new States(told);
        while (states.next()) {
            format.write(states.topic, states.number, states.state, told.isNew(states.index), to);
        }
        to.put(NO_TAGS);
    }

    /** The id that the topic has in the newest image that names it; it has one, or has none yet. */
    static TopicId id(TopicStates told) {
        return told.newest()
                .or(() -> told.topic(told.size() - 1))
                .map(TopicImage::id)
                .orElse(TopicId.NONE);
    }

    /** Steps through the partitions that have a state. */
    private final class States {
        private final TopicStates told;
        private ClusterImage image;
        private boolean isThere;
        private TopicImage topic;
        private int index = -1;
        private int number;
        private PartitionState state;

        States(TopicStates told) {
            this.told = told;
        }

        @SuppressWarnings(
                "ReferenceEquality") // Whether it is the same image is asked, and that two are equal is dear to find.
        boolean next() {
            while (++index < told.size()) {
                if (told.image(index) != image) {
                    image = told.image(index);
                    begin(told.topic(index));
                }
                if (isThere) {
                    number = told.number(index);
                    state = topic.state(number);
                    if (state.exists()) {
                        return true;
                    }
                }
            }
            return false;
        }

        private void begin(Optional<TopicImage> found) {
            isThere = found.isPresent();
            if (isThere) {
                topic = found.get();
                format.begin(image, topic);
            }
        }
    }
}
