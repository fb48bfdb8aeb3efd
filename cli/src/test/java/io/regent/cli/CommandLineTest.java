package io.regent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
    }

    static Stream<List<String>> everyLevel() {
        List<List<String>> levels = new ArrayList<>();
        collect(List.of(), Main.commandLine(), levels);
        return levels.stream();
    }

    private static void collect(List<String> path, CommandLine command, List<List<String>> levels) {
        levels.add(path);
        command.getSubcommands().forEach((name, subcommand) -> {
            List<String> below = new ArrayList<>(path);
            below.add(name);
            collect(below, subcommand, levels);
        });
    }

    @ParameterizedTest
    @MethodSource("everyLevel")
    void helpIsGivenOnEveryLevel(List<String> path) {
        List<String> arguments = new ArrayList<>(path);
        arguments.add("--help");
        assertThat(run(arguments.toArray(String[]::new))).isZero();
        String name = path.isEmpty() ? "regent" : "regent " + String.join(" ", path);
        assertThat(out.toString()).startsWith("Usage: " + name).contains("--help");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                             | regent: a command is missing",
                "nonsense                       | regent: Unmatched argument at index 0: 'nonsense'",
                "cluster                        | regent cluster: a subcommand is missing",
                "cluster up --brokers=many      | regent cluster up: Invalid value for option '--brokers'",
                "cluster up --brokers=0         | regent cluster up: --brokers must be between 1 and 64, not 0",
                "cluster up --port=65535        | regent cluster up: the last broker's port would be above 65535",
                "cluster kill                   | regent cluster kill: Missing required parameter: 'TARGET'",
                "cluster kill 1 --signal=HUP    | regent cluster kill: Invalid value for option '--signal'",
                "cluster kill somebody          | regent cluster kill: a target is a broker id, controller",
                "cluster start controller       | regent cluster start:",
                "zookeeper no-such-file         | regent zookeeper: no such file: no-such-file",
                "zookeeper --override nonsense  | regent zookeeper: Value for option option '--override'",
                "drill --brokers=0              | regent drill: --brokers must be between 1 and 64, not 0",
                "drill --replication-factor=4   | regent drill: --replication-factor must be between 1 and 3, not 4",
                "drill --min-insync-replicas=4  | regent drill: --min-insync-replicas must be between 1 and 3, not 4",
                "drill --victim=nobody          | regent drill: --victim is controller, leader, follower or a broker id, not: nobody",
                "drill --bootstrap=h:1          | regent drill: --bootstrap needs a --kill-command",
                "drill --kill-command=true      | regent drill: --kill-command, --restart-command and --zookeeper go with",
                "drill --kafka-home=/nowhere    | regent drill: no Kafka in /nowhere",
                "compare                        | regent compare: a subcommand is missing: start, failover or",
                "drill --mode=raft              | regent drill: Invalid value for option '--mode'",
                "drill --mode=kraft --bootstrap=h:1 --kill-command=true | regent drill: --kafka-home, --mode and --override",
                "compare failover --kills=0     | regent compare failover: --kills must be between 1 and 10000, not 0",
                "compare failover --only=kafka  | regent compare failover: Invalid value for option '--only'",
                "compare failover --only=kraft --kraft-home=/x | regent compare failover: no Kafka in /x",
                "compare start --rounds=0       | regent compare start: --rounds must be between 1 and 1000, not 0",
                "compare controller --brokers=4 | regent compare controller: --brokers must be between 5 and 50, not 4",
                "compare start --kafka-home=/x  | regent compare start: no Kafka in /x",
            })
    void misuseIsOneClearLineAndExitCodeOne(String arguments, String message, @TempDir Path directory) {
        List<String> words = new ArrayList<>(List.of(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)));
        if (words.size() > 1 && words.get(0).equals("cluster")) {
            words.add("--dir=" + directory.resolve("cluster"));
        }
        assertThat(run(words.toArray(String[]::new))).isEqualTo(Main.FAILURE);
        assertThat(err.toString()).startsWith(message);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aServerReadsInItsOwnCommandOnlyAndAllOthersAreStillThere() {
        assertThat(RegentCommand.subcommands(new String[] {"broker", "--help"}))
                .singleElement()
                .isInstanceOf(BrokerCommand.class);
        assertThat(RegentCommand.subcommands(new String[] {"brokr"})).hasSameSizeAs(RegentCommand.subcommands());
    }

    @Test
    void aClusterThatWasNeverMadeHasNoStatusButIsDown(@TempDir Path directory) {
        String dir = "--dir=" + directory.resolve("cluster");
        assertThat(run("cluster", "status", dir)).isEqualTo(Main.FAILURE);
        assertThat(err.toString()).contains("there is no cluster in");
        assertThat(run("cluster", "down", dir)).isZero();
    }
}
