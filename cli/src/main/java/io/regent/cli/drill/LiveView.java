package io.regent.cli.drill;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Shows a drill on a terminal: the timeline grows line by line, and beneath it a strip a partition shows which ones take writes now.
 *
 * <p>As {@link DrillView} says. Never moves the cursor above the lines that it drew itself.
 */
final class LiveView implements DrillView {
    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What fits under a timeline on a small terminal. */
    private static final int MAX_STRIPS = 16;

    /** Lines longer than a narrow terminal must not wrap, or the cursor would not go back far enough. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";
    private static final String ESC = "\u001b[";
    private static final String RESET = ESC + "0m";
    private static final String BOLD = ESC + "1m";
    private static final String DIM = ESC + "2m";
    private static final String RED = ESC + "31m";
    private static final String GREEN = ESC + "32m";
    private static final String YELLOW = ESC + "33m";

    private final PrintWriter out;
    private LoadStatus status;
    private int drawnLines;
    private long lastDrawnNanos;

    LiveView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void say(String line) {
        erase();
        out.println(line);
        draw();
    }

    @Override
    public void round(String title) {
        say("");
        say(BOLD + title + RESET);
        say("");
    }

    @Override
    public void moment(Moment moment) {
        say(colour(moment.stage()) + DrillText.moment(moment) + RESET);
    }

    private static String colour(Stage stage) {
        return switch (stage) {
            case KILLED, GAVE_UP -> RED;
            case ELECTED, LEADERS_MOVED -> YELLOW;
            case WRITABLE, RECOVERED, REJOINED -> GREEN;
            case NOTICED, CONTROLLER_GONE, RESTARTED -> "";
        };
    }

    @Override
    public void load(LoadStatus load) {
        erase();
        this.status = load;
    }

    @Override
    public void tick() {
        if (System.nanoTime() - lastDrawnNanos >= REDRAW_NANOS) {
            erase();
            draw();
        }
    }

    @Override
    public void finished(DrillResult result) {
        status = null;
        erase();
        out.println();
        String colour = result.passed() ? GREEN : RED;
        List<String> lines = DrillText.figures(result);
        lines.subList(0, lines.size() - 1).forEach(out::println);
        out.println(BOLD + colour + lines.get(lines.size() - 1) + RESET);
    }

    @Override
    public void close() {
        status = null;
        erase();
        out.flush();
    }

    private void erase() {
        if (drawnLines > 0) {
            out.print(ESC + drawnLines + "A" + ESC + "J");
            drawnLines = 0;
        }
    }

    private void draw() {
        lastDrawnNanos = System.nanoTime();
        if (status != null) {
            List<String> lines = lines(lastDrawnNanos);
            out.print(NO_WRAP);
            lines.forEach(out::println);
            out.print(WRAP);
            drawnLines = lines.size();
        }
        out.flush();
    }

    private List<String> lines(long now) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "  %sacknowledged %,d   consumed %,d%s",
                DIM,
                status.ledger().acknowledged(),
                status.consumed(),
                RESET));
        List<PartitionLedger> partitions = status.ledger().partitions();
        for (PartitionLedger partition : partitions.subList(0, Math.min(MAX_STRIPS, partitions.size()))) {
            lines.add(strip(partition, now));
        }
        if (partitions.size() > MAX_STRIPS) {
            lines.add(DIM + "  and " + (partitions.size() - MAX_STRIPS) + " more partitions" + RESET);
        }
        return lines;
    }

    private static String strip(PartitionLedger partition, long now) {
        StringBuilder strip = new StringBuilder(String.format(Locale.ROOT, "  %3d ", partition.partition()));
        String current = "";
        // The newest tenth of a second has only begun: silence in it means nothing yet.
        List<PartitionLedger.Tenth> tenths = partition.recentTenths(now);
        for (PartitionLedger.Tenth tenth : tenths.subList(0, tenths.size() - 1)) {
            String colour = tenth == PartitionLedger.Tenth.SILENT ? RED : GREEN;
            strip.append(colour.equals(current) ? "" : colour).append(mark(tenth));
            current = colour;
        }
        return strip.append(RESET)
                .append(String.format(Locale.ROOT, " longest %d ms", partition.longestGapNanos() / 1_000_000))
                .toString();
    }

    private static char mark(PartitionLedger.Tenth tenth) {
        return switch (tenth) {
            case BEFORE_THE_FIRST -> ' ';
            case SILENT -> '·';
            case WRITTEN -> '█';
        };
    }
}
