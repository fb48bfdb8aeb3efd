package io.regent.cli;

import io.regent.broker.BrokerConfig;
import io.regent.broker.BrokerServer;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code regent broker}: one broker in the foreground. */
@Command(
        name = "broker",
        description = {
            "Run one broker in the foreground, until Ctrl-C or SIGTERM.",
            "Either is a controlled shutdown: the broker first hands its leaders to others."
        })
final class BrokerCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "A properties file with Kafka's own keys (default: conf/server.properties).")
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
        Path located = ServerFile.locate(file, "server.properties");
        BrokerServer server = BrokerServer.start(BrokerConfig.load(located, overrides));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        long sinceStartMs = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        out.println(server.title() + " serves on " + String.join(", ", server.listeners()) + " after " + sinceStartMs
                + " ms");
        HeapTrim.start();
        server.awaitTermination();
    }
}
