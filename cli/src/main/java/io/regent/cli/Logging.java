package io.regent.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Decides how much is logged before anything logs: servers tell what they do, other commands speak for themselves.
 *
 * <p>Called once, before the first logger is made.
 */
final class Logging {
    private static final String CONFIGURATION = "logback.configurationFile";
    private static final String LEVEL = "regent.log.level";
    private static final String LIBRARIES_LEVEL = "regent.log.level.libraries";
    private static final String LEVEL_VARIABLE = "REGENT_LOG_LEVEL";
    private static final String SERVER_LEVEL = "INFO";
    /** The warm-up does what servers do, and that is also to log. */
    private static final Set<String> SERVERS = Set.of("zookeeper", "broker", "warm-up");

    private Logging() {}

    static void configure(String[] arguments) {
        Path file = Home.configuration("logback.xml");
        if (System.getProperty(CONFIGURATION) == null && Files.exists(file)) {
            System.setProperty(CONFIGURATION, file.toString());
        }
        boolean server = arguments.length > 0 && SERVERS.contains(arguments[0]);
        String level = level(server, System.getenv(LEVEL_VARIABLE));
        setDefault(LEVEL, level);
        // At INFO the libraries print their whole environment and configuration.
        setDefault(LIBRARIES_LEVEL, server && level.equals(SERVER_LEVEL) ? "WARN" : level);
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    static String level(boolean server, String wanted) {
        if (wanted != null && !wanted.isBlank()) {
            return wanted.strip();
        }
        return server ? SERVER_LEVEL : "OFF";
    }
}
