package io.regent.cli.compare;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the operating system how much memory a process keeps resident.
 *
 * <p>Stateless; any thread.
 */
final class ProcessMemory {
    private static final String RESIDENT = "VmRSS:";

    private ProcessMemory() {}

    /**
     * Resident memory in units of 1024 bytes.
     *
     * @throws CommandFailure when the system does not tell
     */
    static long residentKb(long pid) {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        try {
            return Files.isReadable(status)
                    ? parse(Files.readAllLines(status, StandardCharsets.ISO_8859_1))
                    : fromPs(pid);
        } catch (IOException | NumberFormatException e) {
            throw new CommandFailure("cannot read the memory of process " + pid + ": " + e.getMessage(), e);
        }
    }

    /** Reads the lines of Linux's {@code /proc/PID/status}. */
    static long parse(List<String> status) throws IOException {
        String line = status.stream()
                .filter(candidate -> candidate.startsWith(RESIDENT))
                .findFirst()
                .orElseThrow(() -> new IOException("no line " + RESIDENT));
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private static long fromPs(long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return Long.parseLong(new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
}
