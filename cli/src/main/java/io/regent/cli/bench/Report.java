package io.regent.cli.bench;

import io.regent.cli.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Lays the figures of all contestants out side by side, with ZooKeeper's own.
 *
 * <p>Pure.
 */
final class Report {
    private static final double MS_PER_S = 1_000;
    private static final double NANOS_PER_MS = 1e6;
    private static final double TENS = 10;
    private static final double HUNDREDS = 100;

    private final List<Trial.Result> results;

    /** @param results the first is compared to the second, where there is one */
    Report(List<Trial.Result> results) {
        this.results = List.copyOf(results);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(table().lines());
        lines.add("");
        lines.addAll(floor().lines());
        lines.add("");
        lines.addAll(processorTimes().lines());
        lines.add("");
        for (Trial.Result result : results) {
            Verification.Result verified = result.verification();
            lines.add(result.name() + ": "
                    + (verified.passed()
                            ? "all " + verified.checked() + " statements to brokers are what ZooKeeper holds"
                            : "WRONG: " + verified.wrong() + " of " + verified.checked()
                                    + " statements to brokers, such as: " + verified.firstWrong()));
        }
        return lines;
    }

    private TextTable table() {
        List<String> headings = new ArrayList<>(List.of("Medians"));
        results.forEach(result -> headings.add(result.name()));
        if (results.size() > 1) {
            headings.add("Ratio");
        }
        headings.add("ZooKeeper alone");
        TextTable table = new TextTable(headings.toArray(String[]::new));
        for (Figure figure : Figure.values()) {
            if (figure.isOptional()
                    && results.stream()
                            .allMatch(result -> result.samples().of(figure).isEmpty())) {
                continue;
            }
            List<String> row = new ArrayList<>(List.of(figure.label()));
            results.forEach(result -> row.add(text(figure, result.samples().median(figure))));
            if (results.size() > 1) {
                row.add(ratio(
                        results.get(0).samples().median(figure),
                        results.get(1).samples().median(figure)));
            }
            row.add(floorOf(figure).map(Report::duration).orElse(""));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    /** The least that a takeover and an election need of ZooKeeper, as measured beside the first contestant. */
    private Optional<Double> floorOf(Figure figure) {
        Floor.Times floor = results.get(0).floor();
        return switch (figure) {
            case COLD_TOLD, STANDBY_TOLD -> Optional.of(floor.multiReads() / NANOS_PER_MS);
            case DEATH_LEADERS -> Optional.of(floor.multiWrites() / NANOS_PER_MS);
            default -> Optional.empty();
        };
    }

    private TextTable floor() {
        List<String> headings = new ArrayList<>(List.of("ZooKeeper alone, beside"));
        results.forEach(result -> headings.add(result.name()));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        row(table, "all states read by multis of 500", result -> result.floor().multiReads());
        row(
                table,
                "all states read by one getData each",
                result -> result.floor().singleReads());
        row(
                table,
                "a third of them written by checked multis of 500",
                result -> result.floor().multiWrites());
        return table;
    }

    /** Of less use on a quiet machine than time, and of more on a busy one. */
    private TextTable processorTimes() {
        List<String> headings =
                new ArrayList<>(List.of("Processor time until quiet: controller / ZooKeeper / harness"));
        results.forEach(result -> headings.add(result.name()));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        for (String phase : results.get(0).processorTimes().keySet()) {
            List<String> row = new ArrayList<>(List.of(phase));
            results.forEach(result -> row.add(text(result.processorTimes().get(phase))));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String text(CpuMeter.Used used) {
        return duration((double) used.controllerMs()) + " / " + duration((double) used.zooKeeperMs()) + " / "
                + duration((double) used.harnessMs());
    }

    private interface Nanos {
        long of(Trial.Result result);
    }

    private void row(TextTable table, String label, Nanos nanos) {
        List<String> row = new ArrayList<>(List.of(label));
        results.forEach(result -> row.add(duration(nanos.of(result) / NANOS_PER_MS)));
        table.row(row.toArray(String[]::new));
    }

    private static String text(Figure figure, OptionalDouble value) {
        if (value.isEmpty()) {
            return "-";
        }
        return switch (figure.unit()) {
            case MS -> duration(value.getAsDouble());
            case MB -> String.format(Locale.ROOT, "%.0f MB", value.getAsDouble());
            case COUNT -> String.format(Locale.ROOT, "%.0f", value.getAsDouble());
        };
    }

    /** Three digits that matter are as many as a measurement on a machine with other work is good for. */
    static String duration(double ms) {
        if (ms >= TENS * MS_PER_S) {
            return String.format(Locale.ROOT, "%.1f s", ms / MS_PER_S);
        }
        if (ms >= MS_PER_S) {
            return String.format(Locale.ROOT, "%.2f s", ms / MS_PER_S);
        }
        return String.format(Locale.ROOT, ms >= HUNDREDS ? "%.0f ms" : "%.1f ms", ms);
    }

    /** How many times as much the second takes. */
    private static String ratio(OptionalDouble first, OptionalDouble second) {
        return first.isEmpty() || second.isEmpty() || first.getAsDouble() == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f", second.getAsDouble() / first.getAsDouble());
    }
}
