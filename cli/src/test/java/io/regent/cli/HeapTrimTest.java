package io.regent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTrimTest {
    private static final long MB = 1L << 20;
    private static final long SMALL = 64 * MB;
    private static final long GROWN = 200 * MB;
    private static final long USED = 100 * MB;

    private final HeapTrim trim = new HeapTrim();

    /** The heap started small, and a burst has just made it grow. */
    private void burst() {
        trim.isDue(20 * MB, SMALL);
        trim.isDue(USED, GROWN);
    }

    private boolean dueAfterRest(long usedBytes, long committedBytes) {
        boolean due = false;
        for (int period = 0; period < HeapTrim.QUIET_PERIODS; period++) {
            due = trim.isDue(usedBytes, committedBytes);
        }
        return due;
    }

    @Test
    void whatABurstHasNeededIsGivenBackOnceAllIsQuiet() {
        burst();
        assertThat(trim.isDue(USED, GROWN)).as("at once").isFalse();
        assertThat(dueAfterRest(USED, GROWN)).isTrue();
    }

    @Test
    void nothingIsDoneUnderLoad() {
        burst();
        for (int period = 1; period <= 10; period++) {
            long used = period % 2 == 0 ? USED : USED + HeapTrim.QUIET_BYTES + 1;
            assertThat(trim.isDue(used, GROWN))
                    .as("while it allocates and collects, in period " + period)
                    .isFalse();
        }
    }

    @Test
    void aHeapThatIsLargeFromTheStartIsLeftAlone() {
        trim.isDue(20 * MB, GROWN);
        assertThat(dueAfterRest(USED, GROWN)).isFalse();
    }

    @Test
    void aHeapThatTakesLongToCollectIsLeftAlone() {
        burst();
        assertThat(dueAfterRest(HeapTrim.MAX_USED_BYTES + 1, 2 * GROWN)).isFalse();
    }

    @Test
    void itIsDoneOnceABurst() {
        burst();
        assertThat(dueAfterRest(USED, GROWN)).isTrue();
        trim.trimmed(GROWN - 10 * MB);
        assertThat(dueAfterRest(USED, GROWN)).as("when nothing has grown since").isFalse();
        trim.isDue(USED, GROWN + HeapTrim.WORTH_BYTES);
        assertThat(dueAfterRest(USED, GROWN + HeapTrim.WORTH_BYTES)).isTrue();
    }
}
