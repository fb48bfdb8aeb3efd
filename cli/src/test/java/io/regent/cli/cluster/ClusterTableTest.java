package io.regent.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.Home;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterTableTest {
    @TempDir
    private Path directory;

    @Test
    void theCommandsToTryNextAreCommandsForThisCluster() {
        ClusterOptions options = new ClusterOptions();
        new CommandLine(options).parseArgs("--dir", directory.toString());
        ClusterTable table = new ClusterTable(options.of(options.files(), ClusterState.planned(2181, 9092, 3)));

        List<String> commands = table.nextSteps(options::asTyped).stream()
                .map(String::strip)
                .filter(line -> line.startsWith(Home.command() + " cluster "))
                .map(line -> line.replaceFirst(" +#.*", "").substring((Home.command() + " cluster ").length()))
                .toList();

        assertThat(commands).hasSize(4).allSatisfy(command -> {
            List<String> words = Arrays.asList(command.split(" ", -1));
            CommandLine.ParseResult parsed =
                    new CommandLine(new ClusterCommand()).parseArgs(words.toArray(String[]::new));
            Path named = parsed.subcommand().matchedOptionValue("--dir", Path.of("elsewhere"));
            assertThat(named).isEqualTo(directory);
        });
    }
}
