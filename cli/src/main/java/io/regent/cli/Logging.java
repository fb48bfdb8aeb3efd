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
    private static final String LEVEL_VARIABLE = "REGENT_LOG_LEVEL";
    private static final Set<String> SERVERS = Set.of("zookeeper", "broker");

    private Logging() {}

    static void configure(String[] arguments) {
        Path file = Home.configuration("logback.xml");
        if (System.getProperty(CONFIGURATION) == null && Files.exists(file)) {
            System.setProperty(CONFIGURATION, file.toString());
        }
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, level(arguments, System.getenv(LEVEL_VARIABLE)));
        }
    }

    static String level(String[] arguments, String wanted) {
        if (wanted != null && !wanted.isBlank()) {
            return wanted;
        }
        return arguments.length > 0 && SERVERS.contains(arguments[0]) ? "INFO" : "OFF";
    }
}
