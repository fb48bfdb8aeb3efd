package io.regent.controller.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One life of an operating-system process: all that runs in it stands still while it is paused, and never runs again once
 * it is killed.
 */
public final class SimProcess {

    private enum State {
        RUNNING,
        PAUSED,
        DEAD
    }

    private final SimClock clock;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final List<Runnable> onDeath = new ArrayList<>();
    private State state = State.RUNNING;

    public SimProcess(SimClock clock) {
        this.clock = clock;
    }

    SimClock clock() {
        return clock;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean isDead() {
        return state == State.DEAD;
    }

    void after(long delayMs, Runnable task) {
        clock.after(delayMs, () -> run(task));
    }

    /** Runs the task now, or when the process runs again. */
    void run(Runnable task) {
        switch (state) {
            case RUNNING -> task.run();
            case PAUSED -> held.add(task);
            case DEAD -> {}
        }
    }

    /** What the operating system does when the process dies, as closing its sockets. */
    void onDeath(Runnable task) {
        onDeath.add(task);
    }

    void pause() {
        if (state == State.RUNNING) {
            state = State.PAUSED;
        }
    }

    void resume() {
        if (state == State.PAUSED) {
            state = State.RUNNING;
            while (!held.isEmpty()) {
                after(0, held.poll());
            }
        }
    }

    void kill() {
        if (state != State.DEAD) {
            state = State.DEAD;
            held.clear();
            onDeath.forEach(Runnable::run);
        }
    }
}
