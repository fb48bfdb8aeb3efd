package io.regent.cli.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks processes up in the operating system and guards against a pid that was given to another process since.
 *
 * <p>Stateless; any thread. Never signals anything.
 */
public final class ProcessTable {
    /** Start times are derived from the boot time, which the system gives in whole seconds and may correct by one. */
    private static final long START_TOLERANCE_MS = 2_000;

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /** What became of the process. */
    public static Condition conditionOf(NodeProcess process) {
        return find(process)
                .map(handle -> conditionOfState(stateOf(handle.pid())))
                .orElse(Condition.GONE);
    }

    /** The process if it is still the same one. */
    public static Optional<ProcessHandle> find(NodeProcess process) {
        return ProcessHandle.of(process.pid()).filter(handle -> isSame(process, NodeProcess.of(handle)));
    }

    /** Milliseconds of processor time that a process has used; one that is gone has used nothing. */
    public static long cpuMs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElse(0L);
    }

    /** Whether two sightings of one pid are of one process; an unknown start time matches any. */
    static boolean isSame(NodeProcess recorded, NodeProcess seen) {
        return recorded.pid() == seen.pid()
                && (recorded.startedMs() == 0
                        || seen.startedMs() == 0
                        || Math.abs(recorded.startedMs() - seen.startedMs()) <= START_TOLERANCE_MS);
    }

    /** Reads a process state letter as ps(1) and /proc print it. */
    static Condition conditionOfState(char state) {
        return switch (state) {
            case 'T', 't' -> Condition.PAUSED;
            // A zombie has ended; only its parent has not asked how.
            case 'Z', 'X', 'x' -> Condition.GONE;
            default -> Condition.RUNNING;
        };
    }

    private static char stateOf(long pid) {
        try {
            return Files.isDirectory(PROC.resolve("self")) ? stateInProc(pid) : stateFromPs(pid);
        } catch (IOException e) {
            return 'X';
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 'X';
        }
    }

    private static char stateInProc(long pid) throws IOException {
        String stat = Files.readString(PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
        // "pid (command) state ...", and a command may itself hold parentheses and spaces.
        int state = stat.lastIndexOf(')') + 2;
        return state < stat.length() ? stat.charAt(state) : 'X';
    }

    private static char stateFromPs(long pid) throws IOException, InterruptedException {
        Process ps = new ProcessBuilder("ps", "-o", "stat=", "-p", Long.toString(pid))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        ps.waitFor();
        return output.isEmpty() ? 'X' : output.charAt(0);
    }
}
