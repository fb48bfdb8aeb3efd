package io.regent.cli.compare;

import io.regent.cli.Spread;
import io.regent.cli.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Writes the figures of two contestants side by side, with the ratio of the first to the second.
 *
 * <p>Immutable; never prints.
 *
 * @param contestants their two names
 * @param partitions of the topic that the second start of each round finds
 * @param idleSeconds after which memory was read
 */
record StartReport(List<String> contestants, StartSamples samples, int partitions, int idleSeconds) {
    private static final double KB_IN_MB = 1024;

    List<String> lines() {
        TextTable table = new TextTable("Medians (least to greatest)", contestants.get(0), contestants.get(1), "Ratio");
        section(table, "Empty log directory", Measurement.Kind.EMPTY);
        section(table, "Again, with " + partitions + " partitions", Measurement.Kind.WITH_TOPIC);
        return new ArrayList<>(table.lines());
    }

    private void section(TextTable table, String title, Measurement.Kind kind) {
        table.row(title, "", "", "");
        figure(table, "  serves after, ms", kind, Measurement::servesMs, 1);
        figure(table, "  processor time until then, ms", kind, Measurement::cpuMs, 1);
        figure(table, "  resident after " + idleSeconds + " s idle, MB", kind, Measurement::residentKb, KB_IN_MB);
    }

    private void figure(
            TextTable table, String name, Measurement.Kind kind, ToLongFunction<Measurement> figure, double unit) {
        Spread first = samples.of(contestants.get(0), kind, figure);
        Spread second = samples.of(contestants.get(1), kind, figure);
        table.row(name, text(first, unit), text(second, unit), ratio(first, second));
    }

    private static String text(Spread spread, double unit) {
        return String.format(
                Locale.ROOT,
                "%.0f (%.0f to %.0f)",
                spread.median() / unit,
                spread.least() / unit,
                spread.greatest() / unit);
    }

    private static String ratio(Spread first, Spread second) {
        return second.median() == 0 ? "-" : String.format(Locale.ROOT, "%.2f", first.median() / second.median());
    }
}
