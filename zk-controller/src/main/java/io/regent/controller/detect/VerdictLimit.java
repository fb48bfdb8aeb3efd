package io.regent.controller.detect;

import io.regent.controller.loop.RecentTimes;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds how often one observer may pronounce one node dead, so that a detector that is wrong about a node cannot keep
 * the cluster busy: after that the node's ZooKeeper session alone is the judge. Used by one thread.
 */
final class VerdictLimit {

    /** A node that crashes more often than this within {@link #WINDOW_MS} has other troubles than a slow failover. */
    static final int MAX_VERDICTS = 10;

    /** The time over which verdicts are counted. */
    static final long WINDOW_MS = 60_000;

    private final Map<Integer, RecentTimes> verdicts = new HashMap<>();

    /** Whether one more verdict on this node is within the bound; counts it if so. */
    boolean allows(int brokerId, long nowMs) {
        return verdicts.computeIfAbsent(brokerId, id -> new RecentTimes(MAX_VERDICTS, WINDOW_MS))
                .tryNow(nowMs);
    }
}
