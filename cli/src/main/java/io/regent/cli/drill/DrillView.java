package io.regent.cli.drill;

import io.regent.cli.Home;
import java.io.PrintWriter;

/**
 * Shows a drill to whoever watches.
 *
 * <p>One thread. Never blocks the drill for longer than a write to the terminal.
 */
interface DrillView extends AutoCloseable {
    /** The view that suits standard output: alive on a terminal, plain lines elsewhere. */
    static DrillView on(PrintWriter out) {
        return Home.onTerminal() ? new LiveView(out) : new PlainView(out);
    }

    /** Says one line. */
    void say(String line);

    /** A round begins. */
    void round(String title);

    /** Something happened in this round. */
    void moment(Moment moment);

    /** From now on there is a load to show, or none more when it is null. */
    void load(LoadStatus status);

    /** Called often while the drill waits. */
    void tick();

    /** All is over. */
    void finished(DrillResult result);

    /** Leaves the terminal as it was. */
    @Override
    void close();

    /** What runs while a drill waits. */
    interface LoadStatus {
        WriteLedger ledger();

        long consumed();

        String trouble();
    }
}
