package io.regent.controller.sim;

import io.regent.controller.loop.PeerWatch;

/**
 * The heartbeats of a simulated world: who stands still for longer than the timeout is found dead by every node that
 * reaches it and runs itself, and found alive when it answers again. Half of the worlds have none.
 */
final class SimHeartbeats {

    private static final int SHORTEST_TIMEOUT_MS = 500;
    private static final int LONGEST_TIMEOUT_MS = 3_000;
    private static final long LOOK_MS = 100;

    private final SimWorld world;
    private final SimClock clock;
    private final long timeoutMs;

    SimHeartbeats(SimWorld world) {
        this.world = world;
        this.clock = world.clock();
        this.timeoutMs = clock.oneIn(2)
                ? SHORTEST_TIMEOUT_MS + clock.chance(LONGEST_TIMEOUT_MS - SHORTEST_TIMEOUT_MS)
                : Long.MAX_VALUE;
    }

    /** This node stands still from now on. */
    void paused(SimNode node) {
        if (timeoutMs == Long.MAX_VALUE) {
            return;
        }
        SimProcess process = node.process();
        for (SimNode observer : world.nodes().values()) {
            long afterMs = timeoutMs + clock.chance((int) timeoutMs / 3);
            clock.after(afterMs, () -> {
                boolean hangs = !process.isRunning() && !process.isDead();
                if (hangs && observer.isRunning() && !world.network().isCut(observer, node)) {
                    world.tally().hungWasFound();
                    observer.suspect(node.id()).ifPresent(life -> reviveOnce(observer, node, process, life));
                }
            });
        }
    }

    /** A verdict on a node that lives: sometimes, it is soon seen to. */
    void wrong(SimNode observer, SimNode node, long life) {
        if (clock.oneIn(2)) {
            SimProcess process = node.process();
            clock.after(clock.chance(LONGEST_TIMEOUT_MS), () -> reviveOnce(observer, node, process, life));
        }
    }

    private void reviveOnce(SimNode observer, SimNode node, SimProcess process, long life) {
        if (process.isRunning()) {
            observer.hear(new PeerWatch.Revived(node.id(), life));
        } else if (!process.isDead()) {
            clock.after(LOOK_MS, () -> reviveOnce(observer, node, process, life));
        }
    }
}
