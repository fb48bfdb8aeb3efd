package io.regent.cli.drill;

import java.io.PrintWriter;

/**
 * Shows a drill as plain lines, for a pipe or a file.
 *
 * <p>As {@link DrillView} says.
 */
final class PlainView implements DrillView {
    private final PrintWriter out;

    PlainView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void say(String line) {
        out.println(line);
    }

    @Override
    public void round(String title) {
        say("");
        say(title);
        say("");
    }

    @Override
    public void moment(Moment moment) {
        say(DrillText.moment(moment));
    }

    @Override
    public void load(LoadStatus status) {
        // Progress is for a terminal only.
    }

    @Override
    public void tick() {
        // Progress is for a terminal only.
    }

    @Override
    public void finished(DrillResult result) {
        say("");
        DrillText.figures(result).forEach(this::say);
    }

    @Override
    public void close() {
        // It has written whole lines only.
    }
}
