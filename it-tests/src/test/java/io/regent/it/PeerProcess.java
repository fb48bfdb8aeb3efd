package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.regent.cli.Home;
import io.regent.cli.Main;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a process of its own, with a class path of its own, and gives back what it printed.
 *
 * <p>Stateless; any thread. Bounded: a program that does not end in time is killed, which fails the test.
 */
final class PeerProcess {

    /** Shorter than a test's limit, so that what the program printed is told. */
    private static final long TIMEOUT_S = 600;

    private static final Path PEERS = Path.of(System.getProperty("regent.peers", "peers"));

    /** What a program printed to both its outputs, and how it ended. */
    record Result(int exitCode, String output) {
        /** The output of a program that has to end well. */
        String succeeded() {
            assertThat(exitCode).as(output).isZero();
            return output;
        }
    }

    private PeerProcess() {}

    /** Where a peer's jars are. */
    static Path libraries(String peer) {
        Path libraries = PEERS.resolve(peer).resolve("target").resolve("lib").toAbsolutePath();
        if (!Files.isDirectory(libraries)) {
            throw new IllegalStateException("there is no peer in " + libraries + ": build the whole project first");
        }
        return libraries;
    }

    /** Runs a main class on the jars of a peer, and this module's test classes. */
    static Result java(String peer, String mainClass, String... arguments) throws IOException, InterruptedException {
        Path testClasses = Path.of("target", "test-classes").toAbsolutePath();
        String classPath = libraries(peer) + "/*:" + testClasses;
        return java(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath, mainClass), arguments);
    }

    /** Runs the regent command as bin/regent would, and gives what it prints; it has to succeed. */
    static String regent(String... arguments) throws IOException, InterruptedException {
        Path launch = NodeArguments.use();
        List<String> options = List.of(
                "@" + launch,
                "-D" + Home.LAUNCH_ARGUMENTS + "=" + launch,
                "-Dregent.home=" + Home.directory(),
                "-Xmx512m",
                Main.class.getName());
        return java(options, arguments).succeeded();
    }

    private static Result java(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(arguments));
        return run(command, "");
    }

    /** Runs a command with this text on its standard input. */
    static Result run(List<String> command, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "its output could not be read: " + e;
            }
        });
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException(
                    command + " did not end within " + TIMEOUT_S + " s; it printed: " + output.join());
        }
        return new Result(process.exitValue(), output.join());
    }

    /** Whether a program of this name is on the path. */
    static boolean isInstalled(String program) {
        for (String directory : Splitter.on(File.pathSeparatorChar).split(System.getenv("PATH"))) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
