package io.regent.cli;

import io.regent.cli.cluster.ClusterCommand;
import io.regent.cli.compare.CompareCommand;
import io.regent.cli.drill.DrillCommand;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code regent} command, which only holds the others. */
@Command(name = "regent", description = "A Kafka-compatible broker cluster ruled by a ZooKeeper-elected controller.")
final class RegentCommand implements Runnable {
    private static final Map<String, Supplier<Object>> SERVERS =
            Map.of("zookeeper", ZooKeeperCommand::new, "broker", BrokerCommand::new);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** All commands, in the order of the help. */
    static List<Object> subcommands() {
        return List.of(
                new ZooKeeperCommand(),
                new BrokerCommand(),
                new ClusterCommand(),
                new DrillCommand(),
                new CompareCommand(),
                new WarmUpCommand());
    }

    /**
     * The commands that these words can mean. A server needs only its own: each is read in by reflection, and servers are to start
     * quickly.
     */
    static List<Object> subcommands(String[] words) {
        Supplier<Object> server = words.length == 0 ? null : SERVERS.get(words[0]);
        return server == null ? subcommands() : List.of(server.get());
    }
}
