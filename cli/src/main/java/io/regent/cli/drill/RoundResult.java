package io.regent.cli.drill;

import io.regent.cli.node.ControllerSeat;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How one kill went.
 *
 * @param victim the broker that was killed
 * @param rulesBefore who ruled before
 * @param interrupted the partitions that the victim led
 * @param moments what happened, in the order of time
 * @param longestGapsNanos for each partition, the longest time between two acknowledged writes
 * @param recovered whether every partition took writes again in time, and the victim came back
 */
record RoundResult(
        Endpoint victim,
        ControllerSeat rulesBefore,
        List<Integer> interrupted,
        List<Moment> moments,
        List<Long> longestGapsNanos,
        boolean recovered) {
    long longestGapNanos() {
        return longestGapsNanos.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** When, after the kill, a stage was first reached; empty when it never was. */
    Optional<Long> first(Stage stage) {
        return moments.stream()
                .filter(moment -> moment.stage() == stage)
                .map(Moment::afterNanos)
                .min(Comparator.naturalOrder());
    }
}
