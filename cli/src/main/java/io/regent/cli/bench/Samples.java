package io.regent.cli.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Collects the figures of one contestant.
 *
 * <p>One thread.
 */
final class Samples {
    private static final double NANOS_PER_MS = 1e6;

    private final Map<Figure, List<Double>> values = new EnumMap<>(Figure.class);

    void add(Figure figure, double value) {
        values.computeIfAbsent(figure, of -> new ArrayList<>()).add(value);
    }

    void addNanos(Figure figure, long nanos) {
        add(figure, nanos / NANOS_PER_MS);
    }

    List<Double> of(Figure figure) {
        return Collections.unmodifiableList(values.getOrDefault(figure, List.of()));
    }

    /** The last of the times that were added since there were so many of each, with what they are of. */
    String newTimes(Map<Figure, Integer> since) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().unit() == Figure.Unit.MS
                        && entry.getValue().size() > since.getOrDefault(entry.getKey(), 0))
                .map(entry -> String.format(
                        Locale.ROOT,
                        "%s %.0f ms",
                        entry.getKey().label().strip(),
                        entry.getValue().get(entry.getValue().size() - 1)))
                .collect(Collectors.joining("; "));
    }

    /** How many there are of each. */
    Map<Figure, Integer> counts() {
        Map<Figure, Integer> counts = new EnumMap<>(Figure.class);
        values.forEach((figure, all) -> counts.put(figure, all.size()));
        return counts;
    }

    /** The middle one, or the mean of the middle two; empty where nothing was measured. */
    OptionalDouble median(Figure figure) {
        List<Double> sorted = of(figure).stream().sorted().toList();
        if (sorted.isEmpty()) {
            return OptionalDouble.empty();
        }
        int upper = sorted.size() / 2;
        return OptionalDouble.of(
                sorted.size() % 2 == 1 ? sorted.get(upper) : (sorted.get(upper - 1) + sorted.get(upper)) / 2);
    }
}
