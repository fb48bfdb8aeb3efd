package io.regent.cli.node;

import java.time.Instant;

/**
 * Identifies one operating-system process for good: a pid alone may be given to another process later.
 *
 * @param pid the process id
 * @param startedMs when the process started, milliseconds since the epoch, or 0 where the system does not tell
 */
public record NodeProcess(long pid, long startedMs) {
    /** The identity of a process that runs now. */
    public static NodeProcess of(ProcessHandle handle) {
        return new NodeProcess(
                handle.pid(),
                handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }
}
