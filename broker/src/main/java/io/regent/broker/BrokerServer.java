package io.regent.broker;

import io.regent.metadata.Endpoint;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.metadata.BrokerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: its start, its shutdown, and where it serves.
 *
 * <p>Any thread may call it. It outlives its ZooKeeper session: when that expires the broker registers anew, and while
 * ZooKeeper is away it goes on serving what it leads.
 */
public final class BrokerServer {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);

    private final BrokerConfig config;
    private final BrokerAssembly assembly;
    private final PartStack parts;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    private BrokerServer(BrokerConfig config, BrokerAssembly assembly, PartStack parts) {
        this.config = config;
        this.assembly = assembly;
        this.parts = parts;
    }

    /**
     * Starts a broker; returns when it serves.
     *
     * @throws StartupException saying in one line why it cannot: ZooKeeper does not answer, a port is in use, a log
     *     directory belongs to another broker, another broker has the id. Nothing of it is left running then.
     */
    public static BrokerServer start(BrokerConfig config) {
        PartStack parts = new PartStack();
        BrokerAssembly assembly = new BrokerAssembly(config, parts);
        long startNs = System.nanoTime();
        try {
            assembly.start();
        } catch (RuntimeException | Error failure) {
            parts.closeAll();
            throw StartupException.of(failure);
        }
        BrokerServer server = new BrokerServer(config, assembly, parts);
        LOG.info(
                "{} serves {} after {} ms",
                server.title(),
                server.listeners(),
                (System.nanoTime() - startNs) / 1_000_000);
        return server;
    }

    public int brokerId() {
        return assembly.brokerId();
    }

    /** What this node is, for a person: its id and its part in the cluster. */
    public String title() {
        if (!config.hasBrokerRole()) {
            return "Controller " + brokerId()
                    + (config.controllerPreferred() ? " (preferred; stores nothing)" : " (stores nothing)");
        }
        if (!config.hasControllerRole()) {
            return "Broker " + brokerId() + " (never rules)";
        }
        return "Broker " + brokerId() + (config.controllerPreferred() ? " (preferred controller)" : "");
    }

    /** Where clients reach this broker, as {@code LISTENER://host:port}. */
    public List<String> listeners() {
        return assembly.endpoints().stream().map(Endpoint::connectionString).toList();
    }

    /**
     * Has the leaders of this broker moved away if that can be, then ends everything in order and marks the logs' shutdown
     * as clean. Bounded in time; a second call waits for the first.
     */
    public void shutdown() {
        if (!stopping.compareAndSet(false, true)) {
            awaitTermination();
            return;
        }
        try {
            if (config.hasBrokerRole() && config.controlledShutdownEnable()) {
                assembly.metrics().become(BrokerState.PENDING_CONTROLLED_SHUTDOWN);
                assembly.controlledShutdown().run();
            }
            assembly.metrics().become(BrokerState.SHUTTING_DOWN);
            parts.closeAll();
            LOG.info("{} has shut down", title());
        } finally {
            ended.countDown();
        }
    }

    /** Returns when the broker has shut down, or the waiting thread is interrupted. */
    public void awaitTermination() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
