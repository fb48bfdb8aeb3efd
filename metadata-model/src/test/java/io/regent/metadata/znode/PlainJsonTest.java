package io.regent.metadata.znode;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.Assignment;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read quickly is what is read with care. A space before the data has them read with care. */
class PlainJsonTest {

    private static final int TRIES = 50_000;
    private static final String STATE =
            "{\"controller_epoch\":10,\"leader\":1,\"version\":1,\"leader_epoch\":21,\"isr\":[1,22,3]}";
    private static final String TOPIC = "{\"removing_replicas\":{},\"partitions\":{\"2\":[1,2],\"0\":[3,1],\"10\":[2]},"
            + "\"topic_id\":\"WdYo0njZQ7q8V4Qbzl5IYA\",\"adding_replicas\":{},\"version\":3}";

    /** Reads data as some znode's. */
    private interface Reading {
        String of(byte[] data) throws BadZnodeException;
    }

    private static String state(byte[] data) throws BadZnodeException {
        return PartitionStateZnode.decode(new PartitionId("t", 0), data, 4).toString();
    }

    private static String topic(byte[] data) throws BadZnodeException {
        TopicZnode.Content content = TopicZnode.decode("t", data);
        return content.id() + " " + Arrays.toString(content.assignments());
    }

    private static String outcome(Reading reading, String data) {
        try {
            return reading.of(data.getBytes(StandardCharsets.ISO_8859_1));
        } catch (BadZnodeException e) {
            return "bad";
        }
    }

    @Test
    void damagedStatesAndTopicsAreReadQuicklyAsWithCare() {
        Random random = new Random(7);
        String alphabet = "{}[]\":,-0123459 ea\\\u00e9\n";
        for (int i = 0; i < TRIES; i++) {
            boolean isState = random.nextBoolean();
            StringBuilder damaged = new StringBuilder(isState ? STATE : TOPIC);
            for (int damages = random.nextInt(3); damages >= 0; damages--) {
                int at = random.nextInt(damaged.length());
                char other = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> damaged.setCharAt(at, other);
                    case 1 -> damaged.insert(at, other);
                    case 2 -> damaged.deleteCharAt(at);
                    default -> damaged.insert(at, damaged.substring(at, Math.min(damaged.length(), at + 16)));
                }
            }
            Reading reading = isState ? PlainJsonTest::state : PlainJsonTest::topic;
            assertThat(outcome(reading, damaged.toString()))
                    .as(damaged.toString())
                    .isEqualTo(outcome(reading, " " + damaged));
        }
    }

    @Test
    void whatControllersWriteIsReadQuickly() {
        assertThat(PartitionStateZnode.usualState(new PlainJson(STATE.getBytes(StandardCharsets.ISO_8859_1)), 4))
                .isNotNull();
        assertThat(TopicZnode.usualContent(new PlainJson(TOPIC.getBytes(StandardCharsets.ISO_8859_1))))
                .isNotNull();
    }

    @Test
    void aTopicAsKafkaWritesItIsReadInWhateverOrderAndWithGaps() throws BadZnodeException {
        Assignment[] assignments = TopicZnode.decode("t", TOPIC.getBytes(StandardCharsets.ISO_8859_1))
                .assignments();
        assertThat(assignments).hasSize(11);
        assertThat(assignments[2]).isEqualTo(Assignment.of(Replicas.of(1, 2)));
        assertThat(assignments[1]).isEqualTo(Assignment.NONE);
        assertThat(assignments[10]).isEqualTo(Assignment.of(Replicas.of(2)));
    }
}
