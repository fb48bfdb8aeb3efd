package io.regent.controller.loop;

import java.util.OptionalInt;
import java.util.Set;

/**
 * Says when this node should take the reign from another: when it is preferred, the other is not, and it has not done so
 * too often of late. Knows no clock and no ZooKeeper; used by the loop only.
 *
 * <p>Who is preferred, everybody reads in ZooKeeper, where each preferred node marks itself. A node whose own mark has
 * not been seen takes nothing: another preferred one might not know, and take it back.
 */
final class Preference {

    /** A node that loses the reign more often than this within {@link #WINDOW_MS} had better leave it to others. */
    static final int MAX_TAKEOVERS = 5;

    /** The time over which takeovers are counted. */
    static final long WINDOW_MS = 60_000;

    private final int nodeId;
    private final boolean preferred;
    private final RecentTimes takeovers = new RecentTimes(MAX_TAKEOVERS, WINDOW_MS);
    private Set<Integer> marked = Set.of();

    Preference(NodeSettings settings) {
        this.nodeId = settings.nodeId();
        this.preferred = settings.candidacy() == Candidacy.PREFERRED;
    }

    /** These nodes are preferred now. */
    void observed(Set<Integer> preferredNodes) {
        marked = Set.copyOf(preferredNodes);
    }

    /** Whether the reign is better here than with this node. One that cannot be read is left alone. */
    boolean outranks(OptionalInt ruler) {
        return preferred && marked.contains(nodeId) && ruler.isPresent() && !marked.contains(ruler.getAsInt());
    }

    /** How long until the reign may be taken once more; 0 when it may now. */
    long waitMs(long nowMs) {
        return takeovers.waitMs(nowMs);
    }

    /** Whether the reign may be taken now, and then counts that it is. */
    boolean takes(long nowMs) {
        return takeovers.tryNow(nowMs);
    }
}
