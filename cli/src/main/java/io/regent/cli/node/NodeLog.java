package io.regent.cli.node;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the end of a node's log for an error message.
 *
 * <p>Stateless; any thread. Never reads more than the last {@value #TAIL_BYTES} bytes.
 */
public final class NodeLog {
    private static final int TAIL_BYTES = 16_384;
    private static final int MAX_REASON_CHARACTERS = 400;

    private NodeLog() {}

    /** The line that best says why a process ended: its last error, else its last line, else nothing. */
    public static String reason(Path log) {
        return reason(tail(log));
    }

    static String reason(List<String> lines) {
        String reason = "";
        for (String line : lines) {
            boolean error = line.startsWith("regent") || line.contains("ERROR") || line.contains("FATAL");
            if (error) {
                reason = line.strip();
            }
        }
        if (reason.isEmpty() && !lines.isEmpty()) {
            reason = lines.get(lines.size() - 1).strip();
        }
        return reason.length() > MAX_REASON_CHARACTERS ? reason.substring(0, MAX_REASON_CHARACTERS) + "…" : reason;
    }

    private static List<String> tail(Path log) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long start = Math.max(0, file.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (file.length() - start)];
            file.seek(start);
            file.readFully(bytes);
            List<String> lines = new ArrayList<>(
                    new String(bytes, StandardCharsets.UTF_8).lines().toList());
            lines.removeIf(String::isBlank);
            return lines;
        } catch (IOException e) {
            return List.of("its log cannot be read: " + e.getMessage());
        }
    }
}
