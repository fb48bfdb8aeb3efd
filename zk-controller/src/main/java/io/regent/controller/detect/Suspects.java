package io.regent.controller.detect;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The nodes whose connection closed a moment ago: they may be dead, and ZooKeeper does not say so yet. Any thread. Decides
 * nothing; who asks may be patient for that moment.
 */
final class Suspects {

    /**
     * How long a suspicion counts. By then a death is written in ZooKeeper and new leaders rule, or it takes a session
     * timeout, for which nobody should be kept waiting.
     */
    static final long FRESH_MS = 500;

    /** Bounded by the nodes that were ever watched. */
    private final Map<Integer, Long> sinceMs = new ConcurrentHashMap<>();

    /** A node's connection closed; an earlier suspicion goes on. */
    void add(int brokerId, long nowMs) {
        sinceMs.merge(brokerId, nowMs, (known, now) -> isFresh(known, now) ? known : now);
    }

    /** A node took a connection: it lives. */
    void clear(int brokerId) {
        sinceMs.remove(brokerId);
    }

    boolean contains(int brokerId, long nowMs) {
        Long since = sinceMs.get(brokerId);
        return since != null && isFresh(since, nowMs);
    }

    boolean containsAny(long nowMs) {
        return sinceMs.values().stream().anyMatch(since -> isFresh(since, nowMs));
    }

    private static boolean isFresh(long since, long nowMs) {
        return nowMs - since < FRESH_MS;
    }
}
