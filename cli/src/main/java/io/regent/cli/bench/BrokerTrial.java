package io.regent.cli.bench;

import io.regent.metadata.znode.BrokerZnode;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/**
 * Lets a broker that leads a third of the partitions die and return, and measures until those concerned were told.
 *
 * <p>One thread.
 */
final class BrokerTrial {
    private final TestBed bed;
    private final Samples samples;

    BrokerTrial(TestBed bed, Samples samples) {
        this.bed = bed;
        this.samples = samples;
    }

    /** The time runs from the end of the registration, which is returned. */
    long die(FakeBroker victim) {
        BitSet led = new BitSet();
        int[] minLeaderEpochs = leaderEpochsAfter(victim, led);
        CompletableFuture<Long> gone = bed.witness().deletion(BrokerZnode.path(victim.id()));
        Awaited leaders = new Awaited();
        Awaited all = new Awaited();
        for (FakeBroker broker : bed.live()) {
            if (broker != victim) {
                String name = "broker " + broker.id();
                leaders.add(
                        name + " by LeaderAndIsr",
                        broker.ledger()
                                .await(Channel.LEADER_AND_ISR, inherited(broker, victim, led), 0, minLeaderEpochs));
                all.add(
                        name + " by UpdateMetadata",
                        broker.ledger().await(Channel.UPDATE_METADATA, led, 0, minLeaderEpochs));
            }
        }
        victim.close();
        long began = bed.await(new Awaited().add("the end of its registration", gone));
        long leadersTold = bed.await(leaders);
        samples.addNanos(Figure.DEATH_LEADERS, leadersTold - began);
        samples.addNanos(Figure.DEATH_TOLD, Math.max(leadersTold, bed.await(all)) - began);
        return began;
    }

    /** Lets the broker die, and returns the leader epochs that its partitions must have after that. */
    int[] beginToDie(FakeBroker victim) {
        int[] minLeaderEpochs = leaderEpochsAfter(victim, new BitSet());
        victim.close();
        return minLeaderEpochs;
    }

    private int[] leaderEpochsAfter(FakeBroker victim, BitSet led) {
        int[] minLeaderEpochs = new int[bed.catalog().capacity()];
        Ledger known = heir(victim, 0).ledger();
        bed.allPartitions().stream()
                .filter(p -> known.leader(Channel.UPDATE_METADATA, p) == victim.id())
                .forEach(p -> {
                    led.set(p);
                    minLeaderEpochs[p] = known.leaderEpoch(Channel.UPDATE_METADATA, p) + 1;
                });
        return minLeaderEpochs;
    }

    private BitSet inherited(FakeBroker broker, FakeBroker victim, BitSet led) {
        BitSet inherited = new BitSet();
        led.stream().filter(p -> heir(victim, p) == broker).forEach(inherited::set);
        return inherited;
    }

    /** Who leads after the first replica is gone: the next one, which is in sync, since those that lead later never die. */
    private FakeBroker heir(FakeBroker victim, int partition) {
        for (int replica : bed.catalog().replicas(partition)) {
            FakeBroker broker = bed.broker(replica);
            if (broker != victim && (replica > Catalog.LEADERS || broker.lives())) {
                return broker;
            }
        }
        throw new IllegalStateException("partition " + partition + " has no other replica");
    }

    /** The time runs from the registration, which is returned. */
    long comeBack(FakeBroker broker) {
        CompletableFuture<Long> registered = bed.witness().creation(BrokerZnode.path(broker.id()));
        BitSet all = bed.allPartitions();
        Awaited told = new Awaited()
                .add(
                        "broker " + broker.id() + " by UpdateMetadata",
                        broker.ledger().await(Channel.UPDATE_METADATA, all, 0, null))
                .add(
                        "broker " + broker.id() + " by LeaderAndIsr",
                        broker.ledger().await(Channel.LEADER_AND_ISR, bed.hosted(broker, all), 0, null));
        broker.start();
        long began = bed.await(new Awaited().add("its registration", registered));
        samples.addNanos(Figure.RETURN_TOLD, bed.await(told) - began);
        return began;
    }
}
