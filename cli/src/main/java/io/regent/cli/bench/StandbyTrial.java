package io.regent.cli.bench;

import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.ProcessTable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;

/**
 * Has a standby stand by while a broker that leads a third of the partitions dies and returns, and measures until it is warm
 * again and what it asks of ZooKeeper for that; then has it take over a moment after another such death.
 *
 * <p>One thread.
 */
final class StandbyTrial {

    /** The controller may still be writing and telling what follows from the death. */
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    private final TestBed bed;
    private final Samples samples;
    private final TakeoverTrial takeovers;
    /** The same events without a standby are among the figures already. */
    private final BrokerTrial brokers;

    StandbyTrial(TestBed bed, Samples samples, TakeoverTrial takeovers) {
        this.bed = bed;
        this.samples = samples;
        this.takeovers = takeovers;
        this.brokers = new BrokerTrial(bed, new Samples());
    }

    /** Two brokers that lead a third of the partitions each: the first returns, the second stays dead. */
    void run(FakeBroker first, FakeBroker second) {
        NodeName standby = Nodes.other(bed.ruler());
        takeovers.standBy(standby);
        if (MirrorWatch.isPossible(bed.nodes().pidOf(standby))) {
            watch(standby, brokers::die, first, Figure.KEEP_UP_DEATH, Figure.KEEP_UP_DEATH_READ);
            watch(standby, brokers::comeBack, first, Figure.KEEP_UP_RETURN, Figure.KEEP_UP_RETURN_READ);
        } else {
            brokers.die(first);
            bed.settle();
            brokers.comeBack(first);
            bed.settle();
        }
        int[] leaderEpochsAfter = brokers.beginToDie(second);
        LockSupport.parkNanos(MOMENT_NANOS);
        takeovers.killRuler(Figure.KEEP_UP_RULER, Figure.KEEP_UP_TAKEOVER, leaderEpochsAfter);
    }

    private void watch(
            NodeName standby, ToLongFunction<FakeBroker> event, FakeBroker broker, Figure warm, Figure read) {
        long pid = bed.nodes().pidOf(standby);
        long cpuBefore = ProcessTable.cpuMs(pid);
        try (MirrorWatch watch = MirrorWatch.of(pid)) {
            long began = event.applyAsLong(broker);
            bed.settle();
            MirrorWatch.Seen seen = watch.seen();
            samples.addNanos(warm, Math.max(0, seen.warmAtNanos() - began));
            samples.add(read, (double) seen.read());
            samples.add(Figure.KEEP_UP_CPU, (double) (ProcessTable.cpuMs(pid) - cpuBefore));
        }
    }
}
