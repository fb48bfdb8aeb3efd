package io.regent.cli.bench;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Asks the controller for a topic, and measures until everybody was told of it.
 *
 * <p>One thread.
 */
final class CreationTrial {
    private final TestBed bed;

    /**
     * How long it took.
     *
     * @param answeredNanos from the request to its answer
     * @param toldNanos from the request until each broker was told of each partition, and each replica of its leader
     */
    record Times(long answeredNanos, long toldNanos) {}

    CreationTrial(TestBed bed) {
        this.bed = bed;
    }

    Times create(String name, int partitions) {
        Catalog.Topic topic = bed.catalog().add(name, partitions);
        List<int[]> replicas = new ArrayList<>();
        BitSet numbers = new BitSet();
        for (int p = topic.first(); p < topic.first() + partitions; p++) {
            replicas.add(bed.catalog().replicas(p));
            numbers.set(p);
        }
        Awaited told = new Awaited();
        for (FakeBroker broker : bed.live()) {
            told.add(
                    "broker " + broker.id() + " by UpdateMetadata",
                    broker.ledger().await(Channel.UPDATE_METADATA, numbers, 0, null));
            told.add(
                    "broker " + broker.id() + " by LeaderAndIsr",
                    broker.ledger().await(Channel.LEADER_AND_ISR, bed.hosted(broker, numbers), 0, null));
        }
        try (ControllerClient controller = ControllerClient.connect(bed)) {
            long began = System.nanoTime();
            controller.createTopic(name, replicas);
            long answered = System.nanoTime();
            return new Times(answered - began, bed.await(told) - began);
        }
    }
}
