package io.regent.cli;

import io.regent.cli.cluster.ClusterCommand;
import io.regent.cli.drill.DrillCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code regent} command, which only holds the others. */
@Command(
        name = "regent",
        description = "A Kafka-compatible broker cluster ruled by a ZooKeeper-elected controller.",
        subcommands = {
            ZooKeeperCommand.class,
            BrokerCommand.class,
            ClusterCommand.class,
            DrillCommand.class,
            WarmUpCommand.class
        })
final class RegentCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
