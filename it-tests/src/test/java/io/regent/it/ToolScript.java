package io.regent.it;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command-line tools one after the other in one process, as a start of each costs seconds, and prints what
 * each printed and how it ended.
 *
 * <p>A program of its own: {@code ToolScript FILE}. The file holds two lines a tool: a text, and a main class with its
 * arguments. The tool is run until it prints the text, as brokers learn of a change one after the other; it is an
 * error if that does not come.
 */
public final class ToolScript {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Thrown where a tool would end the process. */
    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();

    /** Some tools catch what is thrown where they end, and print it. */
    private static String printedAtEnd;

    private ToolScript() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        PrintStream captured = new PrintStream(PRINTED, true, StandardCharsets.UTF_8);
        System.setOut(captured);
        System.setErr(captured);
        Exit.setExitProcedure((code, message) -> {
            if (printedAtEnd == null) {
                printedAtEnd = PRINTED.toString(StandardCharsets.UTF_8) + "exit " + code;
            }
            throw new Ended();
        });
        List<String> lines = Files.readAllLines(Path.of(args[0]));
        try {
            for (int i = 0; i < lines.size(); i += 2) {
                out.println("$ " + lines.get(i + 1) + "\n" + runUntil(lines.get(i), lines.get(i + 1)));
            }
        } finally {
            // Where what went wrong here is told.
            System.setErr(out);
        }
    }

    private static String runUntil(String awaited, String command) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String printed = run(command.split(" "));
        while (!printed.contains(awaited)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        command + " did not print '" + awaited + "' in " + PATIENCE + ", but at last:\n" + printed);
            }
            printed = run(command.split(" "));
        }
        return printed;
    }

    private static String run(String[] words) throws Exception {
        PRINTED.reset();
        printedAtEnd = null;
        try {
            Class.forName(words[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(words, 1, words.length));
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof Ended)) {
                throw e;
            }
        }
        return printedAtEnd != null ? printedAtEnd : PRINTED.toString(StandardCharsets.UTF_8);
    }
}
