package io.regent.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * Reads the properties file of a server, with what the command line overrides.
 *
 * <p>Stateless; any thread. Never checks what the keys mean.
 */
final class ServerFile {
    private ServerFile() {}

    /**
     * The file if one was named, else the one of {@code conf}.
     *
     * @throws CommandFailure when it is no file
     */
    static Path locate(Path named, String inConf) {
        Path file = named == null ? Home.configuration(inConf) : named;
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure("no such file: " + file);
        }
        return file;
    }

    static Properties load(Path file, Map<String, String> overrides) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
        overrides.forEach(properties::setProperty);
        return properties;
    }
}
