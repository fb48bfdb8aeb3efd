package io.regent.cli.drill;

import io.regent.cli.Spread;
import java.util.List;

/**
 * How a drill went.
 *
 * @param cluster what was drilled, for a person to read
 * @param workload what was written
 * @param rounds the kills, in order
 * @param longestGapsNanos for each partition, the longest time between two acknowledged writes around any of the kills
 * @param verdict what became of the records
 * @param consumed distinct records that the group's consumer got
 */
record DrillResult(
        String cluster,
        Workload workload,
        List<RoundResult> rounds,
        List<Long> longestGapsNanos,
        Verdict verdict,
        long consumed) {
    long longestGapNanos() {
        return longestGapsNanos.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** The longest gap that a kill made in any partition, in the median of the kills. */
    long medianGapNanos() {
        long[] gaps = rounds.stream().mapToLong(RoundResult::longestGapNanos).toArray();
        return gaps.length == 0 ? 0 : (long) Spread.of(gaps).median();
    }

    boolean recovered() {
        return rounds.stream().allMatch(RoundResult::recovered);
    }

    /** Whether the cluster kept its promises: nothing acknowledged is lost, nothing is there that nobody wrote, and it healed. */
    boolean passed() {
        return verdict.nothingLost() && verdict.foreign() == 0 && recovered();
    }
}
