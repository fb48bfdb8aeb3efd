package io.regent.metadata;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The finalized features of the cluster (KIP-584): what {@code /feature} holds. Immutable.
 *
 * @param format the version of the znode's format, {@link #FIRST_FORMAT} or {@link #CURRENT_FORMAT}
 * @param enabled whether feature versioning is in use
 * @param levels the finalized levels, by feature
 */
public record FinalizedFeatures(int format, boolean enabled, SortedMap<String, Levels> levels) {

    /** Had a lowest level per feature as well. */
    public static final int FIRST_FORMAT = 1;

    /** What clusters with an {@code inter.broker.protocol.version} of 3.3 and later write. */
    public static final int CURRENT_FORMAT = 2;

    /** A feature's finalized levels; the lowest is written in the first format only. */
    public record Levels(int min, int max) {}

    public FinalizedFeatures {
        levels = Collections.unmodifiableSortedMap(new TreeMap<>(levels));
    }

    /** No feature is finalized. */
    public static FinalizedFeatures none(int format, boolean enabled) {
        return new FinalizedFeatures(format, enabled, new TreeMap<>());
    }
}
