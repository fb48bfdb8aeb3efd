package io.regent.cli.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Words for a drill's results.
 *
 * <p>Pure; any thread.
 */
final class DrillText {
    private static final int BAR_WIDTH = 40;
    private static final int MAX_BARS = 48;
    private static final int NANOS_PER_MS = 1_000_000;

    private DrillText() {}

    static String moment(Moment moment) {
        return String.format(
                Locale.ROOT,
                "%9d ms  %-14s %s",
                moment.afterMs(),
                moment.stage().label(),
                moment.text());
    }

    /** A bar for each partition, as long as its longest gap; the longest fills the width. */
    static List<String> gapBars(List<Long> gapsNanos) {
        long longest =
                Math.max(1, gapsNanos.stream().mapToLong(Long::longValue).max().orElse(1));
        List<String> lines = new ArrayList<>();
        for (int partition = 0; partition < Math.min(MAX_BARS, gapsNanos.size()); partition++) {
            long gap = gapsNanos.get(partition);
            int bar = (int) Math.max(1, Math.round((double) gap * BAR_WIDTH / longest));
            lines.add(String.format(
                    Locale.ROOT, "  partition %3d  %7d ms  %s", partition, gap / NANOS_PER_MS, "█".repeat(bar)));
        }
        if (gapsNanos.size() > MAX_BARS) {
            lines.add("  and " + (gapsNanos.size() - MAX_BARS) + " more partitions");
        }
        return lines;
    }

    static List<String> figures(DrillResult result) {
        Verdict verdict = result.verdict();
        List<String> lines = new ArrayList<>();
        lines.add("Longest time between two acknowledged writes, a partition");
        lines.addAll(gapBars(result.longestGapsNanos()));
        lines.add("");
        lines.add("Figures");
        lines.add(figure("longest gap", result.longestGapNanos() / NANOS_PER_MS, "ms"));
        if (result.rounds().size() > 1) {
            lines.add(figure("in the median", result.medianGapNanos() / NANOS_PER_MS, "ms of the kills' longest gaps"));
        }
        lines.add(figure("acknowledged", verdict.acknowledged(), ""));
        lines.add(figure("consumed", result.consumed(), ""));
        if (verdict.unknown().total() > 0) {
            lines.add(figure(
                    "unknown",
                    verdict.unknown().total(),
                    "without an acknowledgement; " + verdict.unknown().present() + " of them are in the log"));
        }
        lines.add(figure("lost", verdict.lost(), ""));
        lines.add(figure("duplicated", verdict.duplicated(), ""));
        if (verdict.foreign() > 0) {
            lines.add(figure("foreign", verdict.foreign(), "records that this drill did not write there"));
        }
        verdict.lostSamples().forEach(sample -> lines.add("  lost: " + sample));
        lines.add("");
        lines.add(conclusion(result));
        return lines;
    }

    private static String figure(String name, long value, String remark) {
        return String.format(Locale.ROOT, "  %-14s %10d  %s", name, value, remark)
                .stripTrailing();
    }

    static String conclusion(DrillResult result) {
        if (!result.verdict().nothingLost()) {
            return "FAILED: " + result.verdict().lost() + " acknowledged records are lost.";
        }
        if (result.verdict().foreign() > 0) {
            return "FAILED: the log holds records that nobody wrote there.";
        }
        if (!result.recovered()) {
            return "FAILED: the cluster did not heal in time.";
        }
        return "Nothing acknowledged was lost.";
    }
}
