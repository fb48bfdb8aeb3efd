package io.regent.controller.sim;

import java.util.List;

/** Runs one seed from its beginning until all is well again, and says what came of it. Any thread, one world each. */
final class Simulation {

    /** How many things happen to the world of one seed, each of which leads to many more events. */
    static final int HAPPENINGS = 150;

    /**
     * What came of a seed.
     *
     * @param violation what must not happen and did; empty when nothing did
     * @param events how many events there were
     * @param virtualMs how much time passed in the world
     * @param counts what the controllers were put through
     * @param trace what happened last, when it was asked for
     * @param digest stands for all that happened, when it was asked for
     */
    record Result(
            long seed,
            String violation,
            long events,
            long virtualMs,
            Tally.Counts counts,
            List<String> trace,
            int digest) {
        boolean isWell() {
            return violation.isEmpty();
        }
    }

    private Simulation() {}

    static Result run(long seed, boolean traced) {
        try (SimWorld world = new SimWorld(seed, traced)) {
            String violation = "";
            try {
                world.pass(3_000);
                Mischief mischief = new Mischief(world);
                for (int i = 0; i < HAPPENINGS; i++) {
                    mischief.happen();
                }
                mischief.mend();
                world.heal();
            } catch (SimWorld.Violation e) {
                violation = e.getMessage();
            }
            return new Result(
                    seed,
                    violation,
                    world.clock().events(),
                    world.clock().nowMs(),
                    world.tally().counts(),
                    world.trace().lines(),
                    world.trace().digest());
        }
    }
}
