package io.regent.controller.zk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes notifications when every broker has had its time to see them, as each of Kafka's brokers does: whoever notices
 * that one is old enough removes it. Session's thread only.
 *
 * <p>The time counts from when this node saw a notification, so that clocks need not agree.
 */
final class SeenNotifications {

    private static final Logger LOG = LoggerFactory.getLogger(SeenNotifications.class);

    /** As in Kafka: a broker that is away for longer reads all configurations anyway when it is back. */
    static final long KEEP_MS = 15 * 60 * 1_000;

    /** How many are removed at a time; the rest goes with the next notification. */
    private static final int MAX_REMOVALS = 1_000;

    /** Beyond this many, the oldest are left to brokers that start later: somebody floods the cluster with changes. */
    private static final int MAX_REMEMBERED = 100_000;

    private final ZkSession session;
    private final Deque<Seen> seen = new ArrayDeque<>();

    private record Seen(String path, long atMs) {}

    SeenNotifications(ZkSession session) {
        this.session = session;
    }

    /** A session has begun: all that stands is seen anew. */
    void forget() {
        seen.clear();
    }

    void saw(String path) {
        seen.add(new Seen(path, session.thread().nowMs()));
        if (seen.size() > MAX_REMEMBERED) {
            seen.remove();
        }
    }

    /** Removes what was seen long enough ago; somebody else may have done so, and what fails is left behind. */
    void removeOld(ZkHandle handle) {
        long oldMs = session.thread().nowMs() - KEEP_MS;
        for (int i = 0; i < MAX_REMOVALS && !seen.isEmpty() && seen.peek().atMs() <= oldMs; i++) {
            String path = seen.remove().path();
            Calls.then(handle.multi(List.of(Op.delete(path, -1))), removed -> {}, failure -> {
                if (!failure.is(Code.NONODE)) {
                    LOG.info("{} was not removed: {}", path, failure.getMessage());
                }
            });
        }
    }
}
