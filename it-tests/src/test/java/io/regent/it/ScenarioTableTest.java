package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/scenarios.md} names is there, so that the table does not rot. */
class ScenarioTableTest {

    private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern SCENARIO = Pattern.compile("`([\\w-]+\\.txt): ([^`]+)`");

    private static Path home() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("docs")) ? here : here.getParent();
    }

    /** By name, the text of each test class and scenario file. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        for (String module : List.of("metadata-model", "zk-controller", "broker", "cli", "it-tests")) {
            try (Stream<Path> files = Files.walk(home().resolve(module).resolve("src/test"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".java") || file.getParent().endsWith("scenarios")) {
                        tests.put(name, Files.readString(file));
                    }
                }
            }
        }
        return tests;
    }

    @Test
    void everyTestAndScenarioThatTheTableNamesIsThere() throws IOException {
        String table = Files.readString(home().resolve("docs/scenarios.md"));
        Map<String, String> tests = tests();
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Matcher each = METHOD.matcher(table); each.find(); named++) {
            if (!tests.getOrDefault(each.group(1) + ".java", "").contains(" void " + each.group(2) + "(")) {
                missing.add(each.group());
            }
        }
        for (Matcher each = SCENARIO.matcher(table); each.find(); named++) {
            if (!tests.getOrDefault(each.group(1), "").contains("== " + each.group(2) + "\n")) {
                missing.add(each.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(named).isGreaterThan(100);
    }

    /** A row that names nothing shows nothing. */
    @Test
    void everyRowNamesATest() throws IOException {
        assertThat(Files.readAllLines(home().resolve("docs/scenarios.md")).stream()
                        .filter(line -> line.startsWith("| ") && !line.endsWith("| shown by |")))
                .isNotEmpty()
                .allMatch(line ->
                        METHOD.matcher(line).find() || SCENARIO.matcher(line).find());
    }
}
