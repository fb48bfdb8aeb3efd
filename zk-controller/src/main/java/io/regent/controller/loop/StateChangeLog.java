package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Reign;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.util.Collections;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's separate log of partition states: each change, and why it was decided. Used by the loop only. */
final class StateChangeLog {

    private static final Logger LOG = LoggerFactory.getLogger("state.change.logger");

    private StateChangeLog() {}

    static void write(Reign reign, Decision decision) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        decision.delta().before().reassignmentOrders().ifPresent(orders -> writeSettled(reign, decision, orders));
        for (Decision.Change change : decision.changes()) {
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
