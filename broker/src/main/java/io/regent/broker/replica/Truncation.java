package io.regent.broker.replica;

import java.util.Optional;
import org.apache.kafka.server.common.OffsetAndEpoch;

/** Decides where a follower whose log parted from its leader's must cut it. Pure (KIP-101, KIP-279, KIP-595). */
final class Truncation {
    private static final int UNDEFINED = -1;

    private Truncation() {}

    /**
     * The offset to truncate to.
     *
     * @param leaderEnd the largest epoch that the leader has up to the follower's last one, and where it ends there
     * @param ownEnd the largest epoch that the follower has up to that one, and where it ends here
     * @param logEnd where the follower's log ends
     * @param fetchOffset what to fall back on when the leader knows of no such epoch
     */
    static long offset(OffsetAndEpoch leaderEnd, Optional<OffsetAndEpoch> ownEnd, long logEnd, long fetchOffset) {
        if (leaderEnd.offset() == UNDEFINED) {
            return Math.min(fetchOffset, logEnd);
        }
        if (leaderEnd.leaderEpoch() == UNDEFINED || ownEnd.isEmpty()) {
            return Math.min(leaderEnd.offset(), logEnd);
        }
        OffsetAndEpoch own = ownEnd.get();
        if (own.leaderEpoch() != leaderEnd.leaderEpoch()) {
            // The leader has an epoch that is not here. Cut to the end of the one below, and the next fetch compares
            // that one: one step for each epoch that the leader lacks.
            return Math.min(own.offset(), logEnd);
        }
        return Math.min(Math.min(own.offset(), leaderEnd.offset()), logEnd);
    }
}
