package io.regent.cli.compare;

import io.regent.cli.Spread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Collects the measurements of all starts and tells their medians.
 *
 * <p>One thread.
 */
final class StartSamples {
    private record Key(String contestant, Measurement.Kind kind) {}

    private final Map<Key, List<Measurement>> measurements = new HashMap<>();

    void add(String contestant, Measurement measured) {
        measurements
                .computeIfAbsent(new Key(contestant, measured.kind()), key -> new ArrayList<>())
                .add(measured);
    }

    /** One figure of a contestant over all its starts of a kind; there must have been one. */
    Spread of(String contestant, Measurement.Kind kind, ToLongFunction<Measurement> figure) {
        return Spread.of(measurements.getOrDefault(new Key(contestant, kind), List.of()).stream()
                .mapToLong(figure)
                .toArray());
    }
}
