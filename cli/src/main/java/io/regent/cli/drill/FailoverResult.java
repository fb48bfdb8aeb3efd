package io.regent.cli.drill;

import java.util.Optional;
import java.util.function.Function;

/**
 * How one contestant's drill went.
 *
 * @param name what a table calls the contestant
 * @param drill its figures
 */
record FailoverResult(String name, DrillResult drill) {
    private static final long NANOS_PER_MS = 1_000_000;

    /** For each kill that came so far, the time from the kill to the first moment of this stage, milliseconds. */
    long[] afterKillMs(Stage stage) {
        return ms(round -> round.first(stage));
    }

    /** For each kill, the time from the victim's restart until it was in every ISR again, milliseconds. */
    long[] rejoinedMs() {
        return ms(round -> round.first(Stage.REJOINED)
                .flatMap(rejoined -> round.first(Stage.RESTARTED).map(restarted -> rejoined - restarted)));
    }

    /** For each kill, the longest time that any partition took no write, milliseconds. */
    long[] longestGapsMs() {
        return ms(round -> Optional.of(round.longestGapNanos()));
    }

    private long[] ms(Function<RoundResult, Optional<Long>> nanos) {
        return drill.rounds().stream()
                .map(nanos)
                .flatMap(Optional::stream)
                .mapToLong(value -> value / NANOS_PER_MS)
                .toArray();
    }
}
