package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * All that stands around a controller under test: a ZooKeeper with a cluster in it, brokers that only listen, and a witness of
 * who comes and goes.
 *
 * <p>One thread.
 */
final class TestBed implements AutoCloseable {
    private static final int NODE_PORTS = 3;
    private static final long SETTLE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A controller of few partitions does not pause for long between two things that it tells. */
    private static final int FEW_PARTITIONS = 10_000;

    private static final long QUIET_FEW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(3_000);

    /** Of one processor, while nothing is told: a controller that computes has not finished. */
    private static final double IDLE_SHARE = 0.1;

    private final BenchSettings settings;
    private final Catalog catalog;
    private final Nodes nodes;
    private final ZooKeeperClient client;
    private final Witness witness;
    private final List<FakeBroker> brokers = new ArrayList<>();
    private final FakeBroker spare;
    private final CpuMeter cpu;
    private NodeName ruler = Nodes.FIRST;

    private TestBed(BenchSettings settings, Nodes nodes, List<Integer> ports, Consumer<String> complaints) {
        this.settings = settings;
        this.nodes = nodes;
        this.catalog = new Catalog(settings.brokers(), settings.capacity());
        catalog.addAll(settings.partitions(), settings.partitionsPerTopic());
        this.client = ZooKeeperClient.connect(nodes.zooKeeperConnect());
        new Filler(catalog, client).fill();
        this.witness = new Witness(client);
        for (int id = 1; id <= settings.brokers(); id++) {
            brokers.add(broker(id, ports.get(id - 1), complaints));
        }
        this.spare = broker(settings.brokers() + 1, ports.get(settings.brokers()), complaints);
        this.cpu = new CpuMeter(nodes);
    }

    private FakeBroker broker(int id, int port, Consumer<String> complaints) {
        return new FakeBroker(id, port, catalog, nodes.zooKeeperConnect(), complaints);
    }

    /** Starts a ZooKeeper and fills it; no broker is registered yet, and no controller runs. */
    static TestBed open(String name, NodeLauncher launcher, BenchSettings settings, Consumer<String> complaints) {
        Nodes nodes = null;
        try {
            List<Integer> ports = Ports.free(NODE_PORTS + settings.brokers() + 1);
            nodes = Nodes.open(launcher, settings.directory().resolve(name), ports, settings.keep());
            return new TestBed(settings, nodes, ports.subList(NODE_PORTS, ports.size()), complaints);
        } catch (IOException e) {
            throw new CommandFailure("cannot prepare the benchmark: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (nodes != null) {
                nodes.close();
            }
            throw e;
        }
    }

    BenchSettings settings() {
        return settings;
    }

    Catalog catalog() {
        return catalog;
    }

    Nodes nodes() {
        return nodes;
    }

    ZooKeeperClient client() {
        return client;
    }

    Witness witness() {
        return witness;
    }

    CpuMeter cpu() {
        return cpu;
    }

    /** The node that rules, or is to rule next. */
    NodeName ruler() {
        return ruler;
    }

    void setRuler(NodeName node) {
        ruler = node;
    }

    /** All brokers but the spare one, by id from 1. */
    List<FakeBroker> brokers() {
        return brokers;
    }

    FakeBroker broker(int id) {
        return brokers.get(id - 1);
    }

    /** A broker without replicas, which is not registered unless something is measured with it. */
    FakeBroker spare() {
        return spare;
    }

    List<FakeBroker> live() {
        List<FakeBroker> live = new ArrayList<>(brokers);
        live.add(spare);
        live.removeIf(broker -> !broker.lives());
        return live;
    }

    /** The epoch of the last controller that told anybody anything. */
    int controllerEpoch() {
        return brokers.stream()
                .mapToInt(broker -> broker.ledger().controllerEpoch())
                .max()
                .orElseThrow();
    }

    /** All partitions that there are by now. */
    BitSet allPartitions() {
        BitSet all = new BitSet(catalog.capacity());
        all.set(0, catalog.size());
        return all;
    }

    /** Those of the partitions of which a broker has a replica. */
    BitSet hosted(FakeBroker broker, BitSet partitions) {
        BitSet hosted = new BitSet(catalog.capacity());
        partitions.stream().filter(p -> catalog.hosts(broker.id(), p)).forEach(hosted::set);
        return hosted;
    }

    /** Waits for all of it, as long as the node that is to do it lives. */
    long await(Awaited awaited) {
        return awaited.lastNanos(settings.timeoutMs(), () -> nodes.requireAlive(ruler));
    }

    /** Waits until nothing more is told and the controller has nothing more to do. */
    void settle() {
        long quietNanos = settings.partitions() <= FEW_PARTITIONS ? QUIET_FEW_NANOS : QUIET_NANOS;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.timeoutMs());
        long since = System.nanoTime();
        CpuMeter.Used before = cpu.used(ruler);
        while (true) {
            LockSupport.parkNanos(SETTLE_POLL_NANOS);
            nodes.requireAlive(ruler);
            long now = System.nanoTime();
            if (now > deadline) {
                throw new CommandFailure(
                        "the controller does not come to rest within " + settings.timeoutMs() / 1000 + " s");
            }
            if (lastToldNanos() > since) {
                since = now;
                before = cpu.used(ruler);
            } else if (now - since > quietNanos) {
                CpuMeter.Used used = cpu.used(ruler).since(before);
                double busyMs = used.controllerMs() + used.zooKeeperMs();
                if (busyMs < IDLE_SHARE * TimeUnit.NANOSECONDS.toMillis(now - since)) {
                    return;
                }
                since = now;
                before = cpu.used(ruler);
            }
        }
    }

    private long lastToldNanos() {
        return live().stream()
                .map(broker -> broker.ledger().lastToldNanos())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    @Override
    public void close() {
        // First, or they would take all brokers for dead.
        nodes.killAll();
        live().forEach(FakeBroker::close);
        client.close();
        nodes.close();
    }
}
