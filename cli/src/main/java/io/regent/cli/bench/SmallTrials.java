package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.PartitionStateZnode;
import java.util.function.IntConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.zookeeper.data.Stat;

/**
 * Small things amid many partitions: each should cost what it changes, and not what there is.
 *
 * <p>One thread.
 */
final class SmallTrials {
    private final TestBed bed;
    private final Samples samples;

    SmallTrials(TestBed bed, Samples samples) {
        this.bed = bed;
        this.samples = samples;
    }

    /** @param round makes the names of topics unlike those of other rounds */
    void run(int round) {
        try (BusyClock clock = BusyClock.of(bed.nodes().pidOf(bed.ruler()))) {
            int offset = (round - 1) * BenchSettings.SMALL_EVENTS;
            timed(clock, Figure.ALTER_PARTITION_BUSY, i -> alterPartition(offset + i));
            timed(clock, Figure.ONE_TOPIC_BUSY, i -> createTopic("one-" + round + "-" + i));
            timed(clock, Figure.EMPTY_BROKER_BUSY, i -> startEmptyBroker());
        }
    }

    private void timed(BusyClock clock, Figure busy, IntConsumer event) {
        for (int i = 0; i < BenchSettings.SMALL_EVENTS; i++) {
            double before = clock.busyMs();
            event.accept(i);
            bed.settle();
            double took = clock.busyMs() - before;
            if (took > 0) {
                samples.add(busy, took);
            }
            if (bed.spare().lives()) {
                bed.spare().close();
                bed.settle();
            }
        }
    }

    private void alterPartition(int which) {
        Catalog.Topic topic =
                bed.catalog().topics().get(which % bed.catalog().topics().size());
        for (int number = 0; number < topic.partitions(); number++) {
            PartitionId partition = new PartitionId(topic.name(), number);
            PartitionState state = read(partition);
            // Brokers that died have left the ISR for good; the last member of all cannot.
            if (state.isr().size() > 1 && bed.broker(state.leader()).lives()) {
                try (ControllerClient controller = ControllerClient.connect(bed)) {
                    Uuid id = new Uuid(
                            topic.id().mostSignificantBits(), topic.id().leastSignificantBits());
                    long began = System.nanoTime();
                    controller.shrinkIsr(bed.broker(state.leader()), id, number, state);
                    samples.addNanos(Figure.ALTER_PARTITION, System.nanoTime() - began);
                    return;
                }
            }
        }
        throw new IllegalStateException("no partition of " + topic.name() + " has a follower in sync");
    }

    private PartitionState read(PartitionId partition) {
        Stat stat = new Stat();
        byte[] data = bed.client().read(PartitionStateZnode.path(partition), stat);
        try {
            return PartitionStateZnode.decode(partition, data, stat.getVersion());
        } catch (BadZnodeException e) {
            throw new CommandFailure("the controller wrote what nobody can read: " + e.getMessage(), e);
        }
    }

    private void createTopic(String name) {
        samples.addNanos(
                Figure.ONE_TOPIC, new CreationTrial(bed).create(name, 1).toldNanos());
    }

    private void startEmptyBroker() {
        long began = System.nanoTime();
        Awaited told = new Awaited()
                .add(
                        "the empty broker by UpdateMetadata",
                        bed.spare().ledger().await(Channel.UPDATE_METADATA, bed.allPartitions(), 0, null));
        bed.spare().start();
        samples.addNanos(Figure.EMPTY_BROKER, bed.await(told) - began);
    }
}
