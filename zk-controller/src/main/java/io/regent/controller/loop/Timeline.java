package io.regent.controller.loop;

import io.regent.controller.Reign;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reign's timeline in the log: one line a stage, each with its milliseconds, in a form that the drill reads too.
 *
 * <pre>
 * [Controller id=2] deposes broker 1, which is dead: ...
 * [Controller id=2] vacant: /controller is gone (was broker 1)
 * [Controller id=2 epoch=5] elected in 3 ms
 * [Controller id=2 epoch=5] loaded 12 topics with 60 partitions and 3 brokers in 5 ms
 * [Controller id=2 epoch=5] decided 20 changes in 1 ms
 * [Controller id=2 epoch=5] committed 2 chunks in 4 ms
 * [Controller id=2 epoch=5] announced to 3 brokers in 18 ms
 * [Controller id=2 epoch=5] reads the cluster anew and rules on under the next epoch: ...
 * [Controller id=2 epoch=6] resigned: ...
 * </pre>
 *
 * Used by the loop only.
 */
public final class Timeline {

    private static final Logger LOG = LoggerFactory.getLogger(Timeline.class);

    private final int nodeId;

    Timeline(int nodeId) {
        this.nodeId = nodeId;
    }

    void deposes(PeerWatch.Dead dead) {
        LOG.warn("[Controller id={}] deposes broker {}, which is dead: {}", nodeId, dead.brokerId(), dead.evidence());
    }

    void evicts(Reign reign, PeerWatch.Dead dead) {
        LOG.warn("[{}] evicts broker {}, which is dead: {}", reign, dead.brokerId(), dead.evidence());
    }

    /** @param inMs 0 at once; else it took the reign too often of late, and waits this long */
    void takesReign(OptionalInt owner, long inMs) {
        if (inMs == 0) {
            LOG.info("[Controller id={}] is preferred and takes the reign from broker {}", nodeId, owner.orElse(-1));
        } else {
            LOG.warn(
                    "[Controller id={}] is preferred, but took the reign {} times within {} s: leaves it to broker {} for {} ms",
                    nodeId,
                    Preference.MAX_TAKEOVERS,
                    Preference.WINDOW_MS / 1_000,
                    owner.orElse(-1),
                    inMs);
        }
    }

    void vacant(OptionalInt before) {
        LOG.info(
                "[Controller id={}] vacant: /controller is gone{}",
                nodeId,
                before.isPresent() ? " (was broker " + before.getAsInt() + ")" : "");
    }

    void follows(OptionalInt owner) {
        LOG.info(
                "[Controller id={}] follows: /controller is held by {}",
                nodeId,
                owner.isPresent() ? "broker " + owner.getAsInt() : "somebody who cannot be read");
    }

    void elected(Reign reign, long tookMs) {
        LOG.info("[{}] elected in {} ms", reign, tookMs);
    }

    void loaded(Reign reign, int topics, int partitions, int brokers, long tookMs) {
        LOG.info(
                "[{}] loaded {} topics with {} partitions and {} brokers in {} ms",
                reign,
                topics,
                partitions,
                brokers,
                tookMs);
    }

    void decided(Reign reign, int changes, long tookMs) {
        LOG.info("[{}] decided {} changes in {} ms", reign, changes, tookMs);
    }

    void committed(Reign reign, int chunks, long tookMs) {
        LOG.info("[{}] committed {} chunks in {} ms", reign, chunks, tookMs);
    }

    void announced(Reign reign, int brokers, long tookMs) {
        LOG.info("[{}] announced to {} brokers in {} ms", reign, brokers, tookMs);
    }

    void renews(Reign reign, String reason) {
        LOG.warn("[{}] reads the cluster anew and rules on under the next epoch: {}", reign, reason);
    }

    void resigned(Reign reign, String reason) {
        LOG.warn("[{}] resigned: {}", reign, reason);
    }
}
