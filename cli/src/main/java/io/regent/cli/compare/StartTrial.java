package io.regent.cli.compare;

import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.LocalCluster;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.ProcessMemory;
import io.regent.cli.node.ProcessTable;
import io.regent.cli.node.Signal;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.requests.MetadataResponse;

/**
 * Starts one broker, times it, lets it idle, weighs it and stops it.
 *
 * <p>One thread.
 */
final class StartTrial {
    static final NodeName BROKER = NodeName.broker(1);

    private static final String TOPIC = "compared";
    private static final int PROBE_TIMEOUT_MS = 2_000;

    /** The resolution of the time; a refused connection costs next to nothing. */
    private static final long PROBE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long TIMEOUT_MS = 60_000;

    private final LocalCluster cluster;
    private final long idleMs;
    private int partitions;

    StartTrial(LocalCluster cluster, long idleMs) {
        this.cluster = cluster;
        this.idleMs = idleMs;
    }

    /**
     * One start, from the process to its end.
     *
     * @param beforeStop done after the measurements, while the broker still runs
     */
    Measurement run(Measurement.Kind kind, Runnable beforeStop) {
        cluster.requireFreePorts(List.of(BROKER));
        long started = System.nanoTime();
        cluster.start(BROKER);
        awaitServing(started);
        long servesMs = (System.nanoTime() - started) / 1_000_000;
        long pid = cluster.pidOf(BROKER);
        long cpuMs = ProcessTable.cpuMs(pid);
        idle();
        Measurement measured = new Measurement(kind, servesMs, cpuMs, ProcessMemory.residentKb(pid));
        beforeStop.run();
        cluster.signal(BROKER, Signal.TERM);
        if (!cluster.awaitEnd(BROKER, TIMEOUT_MS)) {
            throw new CommandFailure("the broker did not stop within " + TIMEOUT_MS / 1000 + " s (log: "
                    + cluster.files().log(BROKER) + ")");
        }
        return measured;
    }

    private void awaitServing(long started) {
        while (!serves()) {
            cluster.requireAlive(BROKER);
            if (System.nanoTime() - started > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS)) {
                throw new CommandFailure("the broker does not serve after " + TIMEOUT_MS / 1000 + " s (log: "
                        + cluster.files().log(BROKER) + ")");
            }
            LockSupport.parkNanos(PROBE_INTERVAL_NANOS);
        }
    }

    private boolean serves() {
        try (BrokerProbe probe = BrokerProbe.connect("127.0.0.1", cluster.portOf(BROKER), PROBE_TIMEOUT_MS)) {
            MetadataResponse metadata = probe.metadata(partitions == 0 ? List.of() : List.of(TOPIC));
            return metadata.controller() != null
                    && metadata.controller().id() == BROKER.brokerId()
                    && leads(metadata) == partitions;
        } catch (IOException e) {
            return false;
        }
    }

    private static long leads(MetadataResponse metadata) {
        return metadata.topicMetadata().stream()
                .flatMap(topic -> topic.partitionMetadata().stream())
                .filter(partition -> partition.leaderId.isPresent() && partition.leaderId.get() == BROKER.brokerId())
                .count();
    }

    private void idle() {
        try {
            TimeUnit.MILLISECONDS.sleep(idleMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }

    /** Makes the topic that the next start shall find. */
    void createTopic(int withPartitions) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, withPartitions, (short) 1)))
                    .all()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            partitions = withPartitions;
        } catch (ExecutionException | TimeoutException e) {
            throw new CommandFailure("cannot create a topic: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }
}
