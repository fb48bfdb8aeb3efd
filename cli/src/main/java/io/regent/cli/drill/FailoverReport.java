package io.regent.cli.drill;

import io.regent.cli.Spread;
import io.regent.cli.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Writes the drills of several contestants side by side, with how many times the first one's figure each of the others has.
 *
 * <p>Immutable; never prints.
 *
 * @param results the first one is what the others are held against
 */
record FailoverReport(List<FailoverResult> results) {
    private static final String NOTHING = "-";

    List<String> lines() {
        int kills = results.get(0).drill().rounds().size();
        TextTable table = new TextTable(row(
                kills == 1 ? "One kill" : "Medians of " + kills + " kills (least to greatest)",
                FailoverResult::name,
                other -> "Times"));
        times(table, "Longest time without a write, any partition, ms", FailoverResult::longestGapsMs);
        times(table, "Another controller after, ms", result -> result.afterKillMs(Stage.ELECTED));
        times(table, "All leaders elsewhere after, ms", result -> result.afterKillMs(Stage.LEADERS_MOVED));
        times(table, "All partitions take writes after, ms", result -> result.afterKillMs(Stage.RECOVERED));
        times(table, "Restarted, in every ISR after, ms", FailoverResult::rejoinedMs);
        count(table, "Records acknowledged", Verdict::acknowledged);
        count(table, "Records lost", Verdict::lost);
        count(table, "Records duplicated", Verdict::duplicated);
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        results.forEach(result -> lines.add(result.name() + ": " + DrillText.conclusion(result.drill())));
        return lines;
    }

    private void times(TextTable table, String title, Function<FailoverResult, long[]> figures) {
        long[] first = figures.apply(results.get(0));
        table.row(row(title, result -> text(figures.apply(result)), other -> ratio(figures.apply(other), first)));
    }

    private void count(TextTable table, String title, ToLongFunction<Verdict> figure) {
        table.row(row(
                title, result -> Long.toString(figure.applyAsLong(result.drill().verdict())), other -> ""));
    }

    /** A cell for the first, and for each other one a cell and how it compares. */
    private String[] row(
            String title, Function<FailoverResult, String> cell, Function<FailoverResult, String> comparison) {
        List<String> cells = new ArrayList<>(List.of(title, cell.apply(results.get(0))));
        for (FailoverResult other : results.subList(1, results.size())) {
            cells.add(cell.apply(other));
            cells.add(comparison.apply(other));
        }
        return cells.toArray(String[]::new);
    }

    private static String text(long[] values) {
        if (values.length == 0) {
            return NOTHING;
        }
        Spread spread = Spread.of(values);
        return values.length == 1
                ? Long.toString(values[0])
                : String.format(Locale.ROOT, "%.0f (%d to %d)", spread.median(), spread.least(), spread.greatest());
    }

    private static String ratio(long[] other, long[] first) {
        if (other.length == 0 || first.length == 0 || Spread.of(first).median() == 0) {
            return NOTHING;
        }
        return String.format(
                Locale.ROOT,
                "%.1f",
                Spread.of(other).median() / Spread.of(first).median());
    }
}
