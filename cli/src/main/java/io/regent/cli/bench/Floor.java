package io.regent.cli.bench;

import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.znode.PartitionStateZnode;
import io.regent.metadata.znode.TopicZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.Op;

/**
 * Measures ZooKeeper alone at what a controller needs of it: to read all states, and to write a third of them.
 *
 * <p>One thread. Leaves the states as they were, but for their versions.
 */
final class Floor {
    private static final int BATCH = 500;
    private static final int MULTIS_IN_FLIGHT = 4;

    /** As deep as ZooKeeper lets requests queue up by default ({@code globalOutstandingLimit}). */
    private static final int READS_IN_FLIGHT = 1_000;

    private final Catalog catalog;
    private final ZooKeeperClient client;

    /**
     * What was measured, in nanoseconds.
     *
     * @param multiReads all states, by multi reads of {@value #BATCH}
     * @param singleReads all states, one pipelined getData each
     * @param multiWrites a third of the states, by multis of {@value #BATCH} behind one check each
     */
    record Times(long multiReads, long singleReads, long multiWrites) {}

    Floor(Catalog catalog, ZooKeeperClient client) {
        this.catalog = catalog;
        this.client = client;
    }

    Times measure() {
        List<String> states = new ArrayList<>(catalog.size());
        for (Catalog.Topic topic : catalog.topics()) {
            for (int p = 0; p < topic.partitions(); p++) {
                states.add(PartitionStateZnode.path(new PartitionId(topic.name(), p)));
            }
        }
        return new Times(
                timed(() -> readBatches(states)), timed(() -> readEach(states)), timed(() -> writeThird(states)));
    }

    private static long timed(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return System.nanoTime() - began;
    }

    private void readBatches(List<String> states) {
        InFlight calls = new InFlight(client, MULTIS_IN_FLIGHT);
        AtomicInteger read = new AtomicInteger();
        for (int from = 0; from < states.size(); from += BATCH) {
            List<Op> batch = new ArrayList<>(BATCH);
            states.subList(from, Math.min(from + BATCH, states.size())).forEach(path -> batch.add(Op.getData(path)));
            calls.multi(batch, results -> read.addAndGet(results.size()));
        }
        calls.await();
        if (read.get() != states.size()) {
            throw new IllegalStateException("read " + read + " of " + states.size() + " states");
        }
    }

    private void readEach(List<String> states) {
        InFlight calls = new InFlight(client, READS_IN_FLIGHT);
        states.forEach(calls::getData);
        calls.await();
    }

    private void writeThird(List<String> states) {
        InFlight calls = new InFlight(client, MULTIS_IN_FLIGHT);
        List<Op> batch = guarded();
        for (int partition = 0; partition < states.size(); partition += Catalog.LEADERS) {
            Replicas replicas = Replicas.of(catalog.replicas(partition));
            byte[] state = PartitionStateZnode.encode(PartitionState.first(replicas.get(0), replicas, 0));
            batch.add(Op.setData(states.get(partition), state, 0));
            if (batch.size() > BATCH) {
                calls.multi(batch, results -> {});
                batch = guarded();
            }
        }
        calls.multi(batch, results -> {});
        calls.await();
    }

    /** A controller's writes check its epoch; before the first controller, the topics' parent does as well. */
    private static List<Op> guarded() {
        List<Op> batch = new ArrayList<>(BATCH + 1);
        batch.add(Op.check(TopicZnode.PARENT, 0));
        return batch;
    }
}
