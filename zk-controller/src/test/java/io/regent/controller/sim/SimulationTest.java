package io.regent.controller.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole controllers through whatever chance makes of a cluster, seed by seed. A seed that fails is run again with its trace,
 * which is written to {@code target/simulation-seed-N.txt}.
 *
 * <p>{@code -Dsim.seeds=N -Dsim.seed=S} runs as many seeds as one likes from a first one on.
 */
class SimulationTest {

    /** Not one of the controllers' names, which are silent meanwhile. */
    private static final Logger LOG = LoggerFactory.getLogger("simulation");

    private static final int SEEDS = 100;

    /** A build does not wait any longer, however busy its machine is; seeds that were asked for run to their end. */
    private static final long BUDGET_MS = 20_000;

    private static final int TRACE_TAIL = 60;

    private static AutoCloseable quiet;

    @BeforeAll
    static void sparesTheConsole() {
        quiet = SimTrace.quiet(false);
    }

    @AfterAll
    static void logsAgain() throws Exception {
        quiet.close();
    }

    @Test
    void noSeedBreaksWhatMustHold() throws Exception {
        long first = Long.getLong("sim.seed", 1);
        boolean isAsked = System.getProperty("sim.seeds") != null || System.getProperty("sim.seed") != null;
        int count = Integer.getInteger("sim.seeds", isAsked ? 1 : SEEDS);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(isAsked ? Long.MAX_VALUE >> 21 : BUDGET_MS);
        List<Simulation.Result> results = runAll(first, count, deadlineNs);
        long events = results.stream().mapToLong(Simulation.Result::events).sum();
        Tally.Counts counts =
                results.stream().map(Simulation.Result::counts).reduce(Tally.Counts.NONE, Tally.Counts::plus);
        LOG.warn("Simulated {} of {} seeds from {} on, {} events: {}", results.size(), count, first, events, counts);
        for (Simulation.Result result : results) {
            if (!result.isWell()) {
                throw new AssertionError(explained(result.seed()));
            }
        }
        assertThat(results).isNotEmpty();
    }

    private static List<Simulation.Result> runAll(long first, int count, long deadlineNs) throws Exception {
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<List<Simulation.Result>>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long seed = first + i;
                Callable<List<Simulation.Result>> task =
                        () -> System.nanoTime() - deadlineNs > 0 ? List.of() : List.of(Simulation.run(seed, false));
                running.add(threads.submit(task));
            }
            List<Simulation.Result> results = new ArrayList<>();
            for (Future<List<Simulation.Result>> each : running) {
                results.addAll(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static String explained(long seed) throws IOException {
        Simulation.Result result;
        try (AutoCloseable all = SimTrace.quiet(true)) {
            result = Simulation.run(seed, true);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        List<String> trace = result.trace();
        Path file = Path.of("target", "simulation-seed-" + seed + ".txt");
        Files.write(file, trace);
        return result.violation() + "\nThe whole trace is in zk-controller/" + file + ", and ends with:\n"
                + String.join("\n", trace.subList(Math.max(0, trace.size() - TRACE_TAIL), trace.size()));
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        Simulation.Result once = Simulation.run(7, true);
        Simulation.Result again = Simulation.run(7, true);
        assertThat(again.trace()).isEqualTo(once.trace());
        assertThat(again).isEqualTo(once);
    }
}
