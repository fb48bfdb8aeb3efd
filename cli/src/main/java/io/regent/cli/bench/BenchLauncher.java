package io.regent.cli.bench;

import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.RegentLauncher;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a contestant's nodes beside a ZooKeeper whose heap is large enough for the benchmark.
 *
 * <p>Immutable; any thread.
 */
final class BenchLauncher implements NodeLauncher {
    private final NodeLauncher brokers;
    private final NodeLauncher zooKeeper;

    BenchLauncher(NodeLauncher brokers, BenchSettings settings) {
        this.brokers = brokers;
        this.zooKeeper = new RegentLauncher(List.of(), settings.zooKeeperJvm());
    }

    @Override
    public String name() {
        return brokers.name();
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        return zooKeeper.zooKeeperCommand(properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        return brokers.brokerCommand(properties);
    }
}
