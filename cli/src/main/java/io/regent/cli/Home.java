package io.regent.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells what {@code bin/regent} knows of its surroundings and hands over as system properties.
 *
 * <p>Stateless; any thread. Never guesses: without the script, paths are relative to the working directory.
 */
public final class Home {
    /** The property that names {@link #launchArguments}. */
    public static final String LAUNCH_ARGUMENTS = "regent.launch.args";

    private static final String HOME = "regent.home";
    private static final String COMMAND = "regent.command";
    private static final String TERMINAL = "regent.terminal";

    private Home() {}

    /** The directory that holds {@code bin} and {@code conf}. */
    public static Path directory() {
        return Path.of(System.getProperty(HOME, "")).toAbsolutePath().normalize();
    }

    /** A file of {@code conf}. */
    public static Path configuration(String fileName) {
        return directory().resolve("conf").resolve(fileName);
    }

    /** The java launcher's argument file with the class path and the flags every node is started with, if the script wrote one. */
    public static Optional<Path> launchArguments() {
        return Optional.ofNullable(System.getProperty(LAUNCH_ARGUMENTS)).map(Path::of);
    }

    /** How the user called the script, to name the next commands in the same way. */
    public static String command() {
        return System.getProperty(COMMAND, "regent");
    }

    /** Whether standard output is a terminal that understands ANSI sequences. */
    public static boolean onTerminal() {
        return Boolean.getBoolean(TERMINAL);
    }
}
