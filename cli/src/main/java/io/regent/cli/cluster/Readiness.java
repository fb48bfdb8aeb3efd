package io.regent.cli.cluster;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.ZooKeeperProbe;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Waits until the nodes of a local cluster serve.
 *
 * <p>One thread. Never waits for a node whose process has ended: that is an error, with the reason from the node's log.
 */
public final class Readiness {
    private static final int PROBE_TIMEOUT_MS = 2_000;
    private static final long PROBE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LocalCluster cluster;
    private final long timeoutMs;

    public Readiness(LocalCluster cluster, long timeoutMs) {
        this.cluster = cluster;
        this.timeoutMs = timeoutMs;
    }

    /** Waits until ZooKeeper answers. */
    public void awaitZooKeeper() {
        await(NodeName.ZOOKEEPER, () -> ZooKeeperProbe.serves(cluster.state().zooKeeperPort(), PROBE_TIMEOUT_MS));
    }

    /** Waits until each of these brokers answers, knows all of them, and knows a controller. */
    public void awaitBrokers(List<NodeName> brokers) {
        for (NodeName broker : brokers) {
            await(broker, () -> knowsTheCluster(broker, brokers));
        }
    }

    private boolean knowsTheCluster(NodeName broker, List<NodeName> expected) {
        try (BrokerProbe probe = BrokerProbe.connect("127.0.0.1", cluster.portOf(broker), PROBE_TIMEOUT_MS)) {
            MetadataResponse metadata = probe.metadata(List.of());
            return metadata.controller() != null
                    && expected.stream().allMatch(node -> metadata.brokersById().containsKey(node.brokerId()));
        } catch (IOException e) {
            return false;
        }
    }

    private interface Check {
        boolean holds();
    }

    private void await(NodeName node, Check check) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!check.holds()) {
            cluster.requireAlive(node);
            if (System.nanoTime() > deadline) {
                throw new CommandFailure(node.inWords() + " does not serve after " + timeoutMs / 1000 + " s (log: "
                        + cluster.files().log(node) + ")");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new CommandFailure("interrupted while waiting for " + node.inWords());
            }
            LockSupport.parkNanos(PROBE_INTERVAL_NANOS);
        }
    }
}
