package io.regent.cli.compare;

import io.regent.cli.bench.ControllerCommand;
import io.regent.cli.drill.FailoverCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code regent compare} command: Regent and Apache Kafka, side by side on this machine. */
@Command(
        name = "compare",
        description = "Measure Regent and Apache Kafka side by side on this machine.",
        subcommands = {StartCommand.class, FailoverCommand.class, ControllerCommand.class})
public final class CompareCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing: start, failover or controller");
    }
}
