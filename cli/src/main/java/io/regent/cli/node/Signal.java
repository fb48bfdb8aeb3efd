package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.io.IOException;

/**
 * The signals a drill needs, sent with the system's own {@code kill}, since Java itself can neither stop nor continue a process.
 *
 * <p>Any thread. Never sends a signal to a process id below 2.
 */
public enum Signal {
    KILL,
    TERM,
    STOP,
    CONT;

    private static final long FIRST_ORDINARY_PID = 2;

    /**
     * Sends this signal; returns once the system has taken it.
     *
     * @throws CommandFailure when the process does not exist or may not be signalled
     */
    public void send(long pid) {
        if (pid < FIRST_ORDINARY_PID) {
            throw new CommandFailure("no signal goes to process " + pid);
        }
        if (this == KILL) {
            // Without forking a command first, so that "killed" on a timeline is this very moment.
            ProcessHandle.of(pid).ifPresentOrElse(ProcessHandle::destroyForcibly, () -> {
                throw new CommandFailure("process " + pid + " does not exist");
            });
            return;
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0) {
                throw new CommandFailure("signal " + name() + " was not taken by process " + pid);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot run the system's kill command: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while signalling process " + pid, e);
        }
    }
}
