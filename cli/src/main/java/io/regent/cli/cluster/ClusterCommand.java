package io.regent.cli.cluster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code regent cluster} command: a local cluster that stays until it is brought down. */
@Command(
        name = "cluster",
        description = "Start and torment a local cluster: a ZooKeeper and brokers, each a process of its own.",
        subcommands = {UpCommand.class, StatusCommand.class, KillCommand.class, StartCommand.class, DownCommand.class})
public final class ClusterCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a subcommand is missing: up, status, kill, start or down");
    }
}
