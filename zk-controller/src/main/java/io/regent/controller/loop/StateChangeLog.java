package io.regent.controller.loop;

import io.regent.controller.Decision;
import io.regent.controller.Reign;
import io.regent.metadata.PartitionState;
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
}
