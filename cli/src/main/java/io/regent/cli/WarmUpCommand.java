package io.regent.cli;

import io.regent.cli.node.Ports;
import io.regent.cli.node.ZooKeeperNode;
import io.regent.cli.node.ZooKeeperView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code regent warm-up}: runs through what the other commands start with, so that {@code bin/regent} can have the JVM archive the loaded
 * classes when it builds. Not for users.
 */
@Command(name = "warm-up", hidden = true, description = "Load what the other commands load; run once after a build.")
final class WarmUpCommand implements Runnable {
    private static final int TIMEOUT_MS = 20_000;

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "An empty directory to work in.")
    private Path directory;

    @Override
    public void run() {
        Main.commandLine().getSubcommands().values().forEach(CommandLine::getUsageMessage);
        try {
            int port = Ports.free(1).get(0);
            startZooKeeper(port);
            try (ZooKeeperView view = ZooKeeperView.connect("127.0.0.1:" + port, TIMEOUT_MS)) {
                view.controller();
                view.brokers();
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot warm up: " + e.getMessage(), e);
        }
    }

    private void startZooKeeper(int port) {
        Properties properties = new Properties();
        properties.setProperty("dataDir", directory.resolve("zookeeper").toString());
        properties.setProperty("clientPort", Integer.toString(port));
        properties.setProperty("clientPortAddress", "127.0.0.1");
        CountDownLatch serves = new CountDownLatch(1);
        Thread thread = new Thread(new ZooKeeperNode(properties, line -> serves.countDown()), "warm-up-zookeeper");
        // It ends with this command.
        thread.setDaemon(true);
        thread.start();
        try {
            if (!serves.await(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new CommandFailure("cannot warm up: ZooKeeper does not serve");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while warming up", e);
        }
    }
}
