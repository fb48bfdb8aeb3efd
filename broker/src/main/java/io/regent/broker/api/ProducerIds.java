package io.regent.broker.api;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out producer ids that no other broker hands out, from blocks reserved for this broker.
 *
 * <p>Any thread may call it; no call waits for the controller. The next block is reserved while the last ids of the current one
 * are handed out. Ids of a block whose reservation's reply was lost are never used; there are 2^63 of them.
 */
public final class ProducerIds {
    /** A run of ids that belongs to this broker, from {@code first} to {@code last}. */
    public record Block(long first, long last) {
        public Block {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("no block of producer ids: " + first + " to " + last);
            }
        }

        long size() {
            return last - first + 1;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProducerIds.class);
    /** The part of a block, in percent, that is left when the next one is reserved. */
    private static final int PREFETCH_AT_PERCENT = 10;

    private final Supplier<CompletableFuture<Block>> reserve;
    private Block current;
    private long next;
    private Block following;
    private CompletableFuture<Void> reserving = CompletableFuture.completedFuture(null);

    /** @param reserve reserves another block; it may be asked again after it failed */
    public ProducerIds(Supplier<CompletableFuture<Block>> reserve) {
        this.reserve = reserve;
    }

    /** A new id; fails with the retriable COORDINATOR_LOAD_IN_PROGRESS while no block can be reserved. */
    CompletableFuture<Long> next() {
        CompletableFuture<Void> awaited;
        synchronized (this) {
            if (hasId()) {
                return CompletableFuture.completedFuture(take());
            }
            awaited = reserveNext();
        }
        return awaited.handle((done, failure) -> takeAfterReserving());
    }

    /** Many may have waited for this one block: those for whom it has no id left are told to come again. */
    private synchronized long takeAfterReserving() {
        if (!hasId()) {
            throw new CoordinatorLoadInProgressException("no producer ids could be reserved yet");
        }
        return take();
    }

    private boolean hasId() {
        if ((current == null || next > current.last()) && following != null) {
            current = following;
            next = current.first();
            following = null;
        }
        return current != null && next <= current.last();
    }

    private long take() {
        long id = next++;
        long left = current.last() - id;
        if (following == null && left * 100 <= current.size() * PREFETCH_AT_PERCENT) {
            var unused = reserveNext();
        }
        return id;
    }

    private CompletableFuture<Void> reserveNext() {
        if (reserving.isDone()) {
            reserving = reserve.get().handle((block, failure) -> {
                reserved(block, failure);
                return null;
            });
        }
        return reserving;
    }

    private synchronized void reserved(Block block, Throwable failure) {
        if (failure == null) {
            following = block;
        } else {
            LOG.warn(
                    "Could not reserve producer ids: {}", Answers.cause(failure).toString());
        }
    }
}
