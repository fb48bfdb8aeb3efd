package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Asks the operating system how much memory a process keeps resident, or has kept at most.
 *
 * <p>Stateless; any thread.
 */
public final class ProcessMemory {
    private static final String RESIDENT = "VmRSS:";
    private static final String PEAK = "VmHWM:";

    private ProcessMemory() {}

    /**
     * Resident memory in units of 1024 bytes.
     *
     * @throws CommandFailure when the system does not tell
     */
    public static long residentKb(long pid) {
        Path status = status(pid);
        try {
            return Files.isReadable(status) ? parse(lines(status), RESIDENT) : fromPs(pid);
        } catch (IOException | NumberFormatException e) {
            throw new CommandFailure("cannot read the memory of process " + pid + ": " + e.getMessage(), e);
        }
    }

    /**
     * The most memory that was ever resident, in units of 1024 bytes.
     *
     * @throws CommandFailure when the system does not tell, as only Linux does
     */
    public static long peakKb(long pid) {
        try {
            return parse(lines(status(pid)), PEAK);
        } catch (IOException | NumberFormatException e) {
            throw new CommandFailure("cannot read the peak memory of process " + pid + ": " + e.getMessage(), e);
        }
    }

    private static Path status(long pid) {
        return Path.of("/proc", Long.toString(pid), "status");
    }

    private static List<String> lines(Path status) throws IOException {
        return Files.readAllLines(status, StandardCharsets.ISO_8859_1);
    }

    /** Reads the lines of Linux's {@code /proc/PID/status}. */
    static long parse(List<String> status, String key) throws IOException {
        String line = status.stream()
                .filter(candidate -> candidate.startsWith(key))
                .findFirst()
                .orElseThrow(() -> new IOException("no line " + key));
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    private static long fromPs(long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return Long.parseLong(new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }
}
