package io.regent.cli;

import java.util.Arrays;

/**
 * The median of a few measurements, with the least and the greatest of them.
 *
 * @param median the middle one, or the mean of the middle two
 */
public record Spread(double median, long least, long greatest) {

    /** @throws IllegalArgumentException when nothing was measured */
    public static Spread of(long... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        int upper = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2.0;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
