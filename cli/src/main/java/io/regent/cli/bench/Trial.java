package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.ProcessMemory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All that is measured of one contestant, one after the other, on a ZooKeeper of its own.
 *
 * <p>One thread.
 */
final class Trial {
    private static final double KB_PER_MB = 1024;
    private static final double NANOS_PER_S = 1e9;

    private final TestBed bed;
    private final Consumer<String> progress;
    private final Samples samples = new Samples();
    private final Map<String, CpuMeter.Used> processorTimes = new LinkedHashMap<>();
    private final TakeoverTrial takeovers;
    private final BrokerTrial brokers;

    /**
     * What came out.
     *
     * @param processorTimes by what was done, what it took until all was quiet again
     */
    record Result(
            String name,
            Samples samples,
            Floor.Times floor,
            Map<String, CpuMeter.Used> processorTimes,
            Verification.Result verification) {}

    private Trial(TestBed bed, Consumer<String> progress) {
        this.bed = bed;
        this.progress = progress;
        this.takeovers = new TakeoverTrial(bed, samples);
        this.brokers = new BrokerTrial(bed, samples);
    }

    /**
     * Measures everything.
     *
     * @param progress told a line as each thing is done
     * @throws CommandFailure when something takes far too long or a node ends
     */
    static Result run(String name, NodeLauncher launcher, BenchSettings settings, Consumer<String> progress) {
        Consumer<String> lines = line -> progress.accept(name + ": " + line);
        long began = System.nanoTime();
        try (TestBed bed = TestBed.open(directoryOf(name), launcher, settings, lines)) {
            lines.accept(String.format(
                    Locale.ROOT, "ZooKeeper filled in %.1f s", (System.nanoTime() - began) / NANOS_PER_S));
            Floor.Times floor = new Floor(bed.catalog(), bed.client()).measure();
            bed.brokers().forEach(FakeBroker::start);
            Trial trial = new Trial(bed, lines);
            trial.runAll();
            return new Result(name, trial.samples, floor, trial.processorTimes, Verification.of(bed));
        }
    }

    private static String directoryOf(String name) {
        return name.toLowerCase(Locale.ROOT).replace(' ', '-');
    }

    private void runAll() {
        timed("cold start", () -> takeovers.cold(Nodes.FIRST));
        for (int round = 1; round <= bed.settings().rounds(); round++) {
            round(round);
        }
        if (bed.settings().keepUp()) {
            timed(
                    "a standby that keeps up",
                    Nodes.other(bed.ruler()),
                    () -> new StandbyTrial(bed, samples, takeovers)
                            .run(bed.broker(Catalog.LEADERS - 1), bed.broker(Catalog.LEADERS)));
        }
        samples.add(Figure.PEAK, ProcessMemory.peakKb(bed.nodes().pidOf(bed.ruler())) / KB_PER_MB);
    }

    private void round(int round) {
        NodeName standby = Nodes.other(bed.ruler());
        FakeBroker victim = bed.broker(round);
        takeovers.standBy(standby);
        timed("takeover " + round, standby, takeovers::killRuler);
        samples.add(Figure.RESIDENT, ProcessMemory.residentKb(bed.nodes().pidOf(bed.ruler())) / KB_PER_MB);
        timed("death of broker " + victim.id(), () -> brokers.die(victim));
        timed("return of broker " + victim.id(), () -> brokers.comeBack(victim));
        timed("topic " + round + " of " + bed.settings().created() + " partitions", () -> {
            CreationTrial.Times times = new CreationTrial(bed)
                    .create("many-" + round, bed.settings().created());
            samples.addNanos(Figure.CREATE_ANSWERED, times.answeredNanos());
            samples.addNanos(Figure.CREATE_TOLD, times.toldNanos());
        });
        timed("small things " + round, () -> new SmallTrials(bed, samples).run(round));
    }

    private void timed(String what, Runnable work) {
        timed(what, bed.ruler(), work);
    }

    private void timed(String what, NodeName controller, Runnable work) {
        CpuMeter.Used before = bed.cpu().used(controller);
        Map<Figure, Integer> measured = samples.counts();
        long began = System.nanoTime();
        work.run();
        bed.settle();
        CpuMeter.Used used = bed.cpu().used(controller).since(before);
        processorTimes.put(what, used);
        progress.accept(String.format(
                Locale.ROOT,
                "%s (%s), %.1f s until quiet; %s",
                what,
                samples.newTimes(measured),
                (System.nanoTime() - began) / NANOS_PER_S,
                used));
    }
}
