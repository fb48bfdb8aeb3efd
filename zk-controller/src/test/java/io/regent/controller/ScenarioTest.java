package io.regent.controller;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays every scenario of {@code src/test/resources/scenarios}; a file holds several, each under a line of {@code ==}. */
class ScenarioTest {

    static List<Arguments> scenarios() throws IOException, URISyntaxException {
        List<Arguments> scenarios = new ArrayList<>();
        Path directory = Path.of(ScenarioTest.class.getResource("/scenarios").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                scenarios.addAll(parse(file));
            }
        }
        return scenarios;
    }

    private static List<Arguments> parse(Path file) throws IOException {
        List<Arguments> scenarios = new ArrayList<>();
        List<String> body = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("== ")) {
                body = new ArrayList<>();
                scenarios.add(Arguments.of(file.getFileName() + ": " + line.substring(3), body));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                body.add(line);
            }
        }
        return scenarios;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void whatMustComeOfEachEventComesOfIt(String name, List<String> lines) {
        new Scenario().play(lines);
    }
}
