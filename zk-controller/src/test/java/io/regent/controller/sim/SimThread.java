package io.regent.controller.sim;

import io.regent.controller.loop.Timers;
import io.regent.controller.zk.SessionThread;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** A thread of a simulated process: its tasks run in order, each at a moment that chance decides. */
final class SimThread implements SessionThread, Timers {

    /** How many tasks one turn runs at most. */
    private static final int MAX_A_TURN = 8;

    private final SimProcess process;
    private final Consumer<RuntimeException> onFailure;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;

    SimThread(SimProcess process, Consumer<RuntimeException> onFailure) {
        this.process = process;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        kick();
    }

    private void kick() {
        if (!scheduled) {
            scheduled = true;
            process.after(process.clock().delayMs(), this::turn);
        }
    }

    private void turn() {
        scheduled = false;
        int most = 1 + process.clock().chance(MAX_A_TURN);
        for (int i = 0; i < most && !tasks.isEmpty(); i++) {
            try {
                tasks.poll().run();
            } catch (RuntimeException e) {
                onFailure.accept(e);
            }
        }
        if (!tasks.isEmpty()) {
            kick();
        }
    }

    @Override
    public void schedule(long delayMs, Runnable task) {
        process.after(delayMs, () -> execute(task));
    }

    @Override
    public void after(long delayMs, Runnable task) {
        schedule(delayMs, task);
    }

    @Override
    public long nowMs() {
        return process.clock().nowMs();
    }

    @Override
    public long timeOfDayMs() {
        return nowMs();
    }
}
