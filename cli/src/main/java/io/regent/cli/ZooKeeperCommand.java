package io.regent.cli;

import io.regent.cli.node.ZooKeeperNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code regent zookeeper}: a ZooKeeper server in the foreground, alone or in the ensemble that its file names. */
@Command(name = "zookeeper", description = "Run a ZooKeeper server in the foreground, until Ctrl-C or SIGTERM.")
final class ZooKeeperCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "ZooKeeper's own properties file (default: conf/zookeeper.properties).")
    private Path file;

    @Option(
            names = "--override",
            paramLabel = "KEY=VALUE",
            description = "Replaces a key of the file; may be repeated.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Path located = ServerFile.locate(file, "zookeeper.properties");
        new ZooKeeperNode(ServerFile.load(located, overrides), out::println).run();
    }
}
