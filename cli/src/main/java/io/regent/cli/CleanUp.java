package io.regent.cli;

import java.util.function.Supplier;

/**
 * Ends once and for all what a command has started: when it is closed, or else when the JVM ends, as after Ctrl-C. Nothing is
 * started behind the back of that. Any thread.
 */
public final class CleanUp implements AutoCloseable {

    private final Runnable work;
    private final Thread hook;
    private boolean done;

    /**
     * Sees to it from now on.
     *
     * @param name of the thread that does it when the JVM ends
     */
    public CleanUp(String name, Runnable work) {
        this.work = work;
        this.hook = new Thread(this::run, name);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Does something that has to be cleaned up.
     *
     * @throws CommandFailure when it was cleaned up already
     */
    public void before(Runnable action) {
        var unused = get(() -> {
            action.run();
            return this;
        });
    }

    /** As {@link #before}, giving what comes of it. */
    public synchronized <T> T get(Supplier<T> action) {
        if (done) {
            throw new CommandFailure("interrupted");
        }
        return action.get();
    }

    private synchronized void run() {
        if (!done) {
            done = true;
            work.run();
        }
    }

    @Override
    public void close() {
        run();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook with it.
            return;
        }
    }
}
