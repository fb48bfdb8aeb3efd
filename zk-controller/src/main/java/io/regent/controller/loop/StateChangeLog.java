package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's separate log of partition states: each change, and why it was decided. It is written when there is nothing better to
 * do, a piece at a time, so that nobody waits for it. Used by the loop only.
 */
final class StateChangeLog {

    /** How many lines one piece has: a few milliseconds' worth. */
    private static final int PIECE = 500;

    /** How many decisions may wait to be written before the next is taken: each keeps the images that it lies between. */
    private static final int MAX_WAITING = 64;

    private static final Logger LOG = LoggerFactory.getLogger("state.change.logger");

    private final Reign reign;
    private final Deque<Decision> waiting = new ArrayDeque<>();
    /** How many of the oldest one's changes are written. */
    private int written;

    StateChangeLog(Reign reign) {
        this.reign = reign;
    }

    /** Takes what was decided next. */
    void add(Decision decision) {
        if (LOG.isInfoEnabled()) {
            decision.delta().before().reassignmentOrders().ifPresent(orders -> writeSettled(reign, decision, orders));
            if (!decision.changes().isEmpty()) {
                waiting.add(decision);
            }
        }
    }

    /** Whether changes are still to be written. */
    boolean hasMore() {
        return !waiting.isEmpty();
    }

    /** Whether some of them should be written before anything else is decided. */
    boolean isFull() {
        return waiting.size() >= MAX_WAITING;
    }

    /** Writes the next piece, of which there is one. */
    void writeSome() {
        Decision decision = waiting.element();
        int end = Math.min(decision.changes().size(), written + PIECE);
        for (Decision.Change change : decision.changes().subList(written, end)) {
            PartitionState before = decision.delta().before().state(change.partition());
            PartitionState after = decision.delta().after().state(change.partition());
            LOG.info(
                    "[{}] partition {}: leader {} -> {}, leader epoch {} -> {}, ISR {} -> {}: {}",
                    reign,
                    change.partition(),
                    before.leader(),
                    after.leader(),
                    before.leaderEpoch(),
                    after.leaderEpoch(),
                    before.isr(),
                    after.isr(),
                    change.reason());
        }
        written = end;
        if (end == decision.changes().size()) {
            waiting.remove();
            written = 0;
        }
    }

    private static void writeSettled(Reign reign, Decision decision, SortedMap<PartitionId, Replicas> before) {
        ClusterImage after = decision.image();
        SortedMap<PartitionId, Replicas> left = after.reassignmentOrders().orElse(Collections.emptySortedMap());
        before.forEach((partition, target) -> {
            if (!target.equals(left.get(partition))) {
                LOG.info(
                        "[{}] partition {}: the order to reassign it to {} is dropped, its replicas are {}",
                        reign,
                        partition,
                        target,
                        after.assignment(partition).replicas());
            }
        });
    }
}
