package io.regent.metadata.znode;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ZnodePropertyTest {

    private static final List<String> LINES = Codecs.lines("kafka-3.9.2.txt");

    /** A damaged znode gives a value or the one exception, and nothing else. */
    @Test
    void anyDamageGivesAValueOrANamedError() {
        for (int seed = 0; seed < 5_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String line = LINES.get(random.nextInt(LINES.size()));
            String path = line.substring(0, line.indexOf(' '));
            byte[] data = line.substring(line.indexOf(' ') + 1).getBytes(StandardCharsets.UTF_8);
            int position = random.nextInt(data.length);
            if (random.nextBoolean()) {
                data = Arrays.copyOf(data, position);
            } else {
                data[position] = (byte) random.nextInt();
            }
            try {
                assertThat(Codecs.rewrite(path, data)).as("seed %d", seed).isNotEmpty();
            } catch (BadZnodeException e) {
                assertThat(e.path()).as("seed %d", seed).startsWith(path);
                assertThat(e.reason()).as("seed %d", seed).isNotBlank();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aStateIsReadAsItWasWritten() throws BadZnodeException {
        for (int seed = 0; seed < 1_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] isr = IntStream.generate(() -> count(random))
                    .limit(random.nextInt(13))
                    .distinct()
                    .toArray();
            PartitionState state = new PartitionState(
                    random.nextInt(5) == 0 ? -1 : count(random),
                    count(random),
                    Replicas.of(isr),
                    random.nextBoolean() ? LeaderRecovery.RECOVERED : LeaderRecovery.RECOVERING,
                    count(random),
                    count(random));
            byte[] data = PartitionStateZnode.encode(state);

            assertThat(PartitionStateZnode.decode(new PartitionId("t", 0), data, state.version()))
                    .as("seed %d", seed)
                    .isEqualTo(state);
        }
    }

    /** Not negative; often one of the least or the greatest that there are. */
    private static int count(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> Integer.MAX_VALUE - random.nextInt(2);
            default -> random.nextInt(Integer.MAX_VALUE);
        };
    }
}
