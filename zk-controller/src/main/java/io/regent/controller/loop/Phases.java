package io.regent.controller.loop;

import java.util.function.Consumer;

/**
 * Where a {@link ControllerLoop} stands, and the timers that it set there: one that runs out in a later phase does
 * nothing. Used by the loop only; what is due reaches it as {@link Inbound.Due}.
 */
final class Phases {

    private final Timers timers;
    private final Consumer<Inbound> inbox;

    private Phase now = Phase.AWAY;
    /** Whether the contest of the phase has not begun yet. */
    private boolean pausing;
    /** Counts the phases that timers were set in. */
    private int generation;

    /**
     * @param inbox is told what is due, by any thread
     */
    Phases(Timers timers, Consumer<Inbound> inbox) {
        this.timers = timers;
        this.inbox = inbox;
    }

    boolean is(Phase phase) {
        return now == phase;
    }

    boolean isPausing() {
        return pausing;
    }

    void enter(Phase next) {
        now = next;
        pausing = false;
        generation++;
    }

    /** Enters a contest that begins when the pause has ended, or sooner. */
    void enterContestAfter(long pauseMs, Runnable begin) {
        enter(Phase.CONTESTING);
        pausing = true;
        after(pauseMs, begin);
    }

    void after(long delayMs, Runnable task) {
        int setIn = generation;
        timers.after(delayMs, () -> inbox.accept(new Inbound.Due(setIn, task)));
    }

    void due(Inbound.Due due) {
        if (due.generation() == generation) {
            due.task().run();
        }
    }
}
