package io.regent.controller;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.ProducerIdBlock;
import io.regent.metadata.znode.ProducerIdBlockZnode;
import java.util.OptionalInt;

/**
 * Gives each broker that asks a block of producer ids that nobody else has (KIP-730). Pure.
 *
 * <p>A block counts as given when {@code /latest_producer_id_block} holds it, which is written from the version that was
 * known: whoever else writes it meanwhile ends the reign instead of sharing a block. With a lost answer a block is lost,
 * which nobody misses. A znode that vanishes, or says less than it did, brings no id back that was seen given out.
 */
final class ProducerIdBlocks {

    /** How many ids a broker gets at a time, as in Kafka. */
    static final int BLOCK_SIZE = 1_000;

    private final Reign reign;
    private final OptionalInt unregistered;

    /** @param unregistered the ruling node where it is no broker; it gives ids to its own clients too */
    ProducerIdBlocks(Reign reign, OptionalInt unregistered) {
        this.reign = reign;
        this.unregistered = unregistered;
    }

    /** A broker asked for a block. */
    Decision asked(ClusterImage now, Asks.AllocateProducerIds ask) {
        Draft draft = new Draft(now, reign);
        Outcome outcome = check(now, ask);
        if (!outcome.isOk()) {
            return draft.decide(new Answer.ProducerIdsAllocated(outcome, ProducerIdBlock.NONE));
        }
        long first = now.producerIdFloor();
        ProducerIdBlock block = new ProducerIdBlock(ask.brokerId(), first, first + BLOCK_SIZE - 1);
        draft.edit().setProducerIds(now.producerIds().next(block));
        return draft.decide(new Answer.ProducerIdsAllocated(Outcome.OK, block));
    }

    private Outcome check(ClusterImage now, Asks.AllocateProducerIds ask) {
        var broker = now.broker(ask.brokerId());
        boolean isRuler = broker.isEmpty() && unregistered.equals(OptionalInt.of(ask.brokerId()));
        if (broker.isEmpty() && !isRuler) {
            return Outcome.refused(Fault.BROKER_ID_NOT_REGISTERED, "Broker " + ask.brokerId() + " is not registered.");
        }
        if (!isRuler && broker.get().epoch() != ask.brokerEpoch()) {
            return Outcome.refused(
                    Fault.STALE_BROKER_EPOCH,
                    "Broker " + ask.brokerId() + " lives with epoch "
                            + broker.get().epoch() + ", not " + ask.brokerEpoch() + ".");
        }
        if (now.producerIds().isUnreadable()) {
            return Outcome.refused(
                    Fault.UNKNOWN_SERVER_ERROR, ProducerIdBlockZnode.PATH + " cannot be read, mend it first.");
        }
        return now.producerIdFloor() <= Long.MAX_VALUE - BLOCK_SIZE + 1
                ? Outcome.OK
                : Outcome.refused(
                        Fault.UNKNOWN_SERVER_ERROR,
                        "All producer ids below " + now.producerIdFloor() + " are used up.");
    }

    /**
     * The znode was read: it may be another's write, mended, or gone. What this reign wrote itself may not be read yet; where
     * that is its first, the znode seems gone until it is read again.
     */
    Decision observed(ClusterImage now, Event.ProducerIdsObserved event) {
        boolean isNews = !event.last().exists()
                || event.last().version() > now.producerIds().version();
        return new Draft(isNews ? now.edit().setProducerIds(event.last()).image() : now, reign).decide();
    }
}
