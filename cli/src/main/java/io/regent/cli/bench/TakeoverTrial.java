package io.regent.cli.bench;

import io.regent.cli.cluster.NodeName;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has a node take over, from a cold start or from standing by, and measures until every broker was told everything.
 *
 * <p>One thread.
 */
final class TakeoverTrial {
    private final TestBed bed;
    private final Samples samples;

    TakeoverTrial(TestBed bed, Samples samples) {
        this.bed = bed;
        this.samples = samples;
    }

    /** Starts a node where no controller is; the time runs from its {@code /controller}. */
    void cold(NodeName node) {
        bed.setRuler(node);
        Told told = new Told(bed.controllerEpoch() + 1, null);
        CompletableFuture<Long> won = bed.witness().creation(ControllerZnode.PATH);
        bed.nodes().start(node);
        told.measure(new Awaited().add("/controller", won), Figure.COLD_RULER, Figure.COLD_TOLD);
    }

    /** Starts a node beside the one that rules, and lets it stand by for a while. */
    void standBy(NodeName node) {
        CompletableFuture<Long> registered = bed.witness().creation(BrokerZnode.path(node.brokerId()));
        bed.nodes().start(node);
        var unused = bed.await(new Awaited().add("the registration of " + node.inWords(), registered));
        bed.settle();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(bed.settings().standbyMs()));
    }

    /** Kills the node that rules; the time runs from the end of its {@code /controller}. */
    void killRuler() {
        killRuler(Figure.STANDBY_RULER, Figure.STANDBY_TOLD, null);
    }

    /** @param minLeaderEpochs by partition: what is told of an older leader does not count; null where any counts */
    void killRuler(Figure untilRuler, Figure untilTold, int[] minLeaderEpochs) {
        NodeName victim = bed.ruler();
        Told told = new Told(bed.controllerEpoch() + 1, minLeaderEpochs);
        CompletableFuture<Long> gone = bed.witness().deletion(ControllerZnode.PATH);
        bed.setRuler(Nodes.other(victim));
        bed.nodes().kill(victim);
        told.measure(new Awaited().add("the end of /controller", gone), untilRuler, untilTold);
        bed.nodes().awaitEnd(victim);
    }

    /** What all brokers are to be told under a new reign. */
    private final class Told {
        private final Awaited ruler = new Awaited();
        private final Awaited everything = new Awaited();

        Told(int controllerEpoch, int[] minLeaderEpochs) {
            BitSet all = bed.allPartitions();
            for (FakeBroker broker : bed.live()) {
                String name = "broker " + broker.id();
                ruler.add(name, broker.ledger().awaitRuler(controllerEpoch));
                everything.add(
                        name + " by UpdateMetadata",
                        broker.ledger().await(Channel.UPDATE_METADATA, all, controllerEpoch, minLeaderEpochs));
                everything.add(
                        name + " by LeaderAndIsr",
                        broker.ledger()
                                .await(
                                        Channel.LEADER_AND_ISR,
                                        bed.hosted(broker, all),
                                        controllerEpoch,
                                        minLeaderEpochs));
            }
        }

        void measure(Awaited begin, Figure untilRuler, Figure untilTold) {
            long began = bed.await(begin);
            samples.addNanos(untilRuler, bed.await(ruler) - began);
            samples.addNanos(untilTold, bed.await(everything) - began);
        }
    }
}
