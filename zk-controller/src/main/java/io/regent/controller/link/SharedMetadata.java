package io.regent.controller.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * UpdateMetadata as it goes to brokers, written once for all of one version: what is told last is kept for those who are
 * told the same a moment later. Only the epoch of the broker differs.
 *
 * <p>Any thread. Who finds another one writing waits for it: that is quicker than writing the same once more.
 */
final class SharedMetadata {

    /** Brokers that keep up are told the same at the same time; a slow one has it written again. */
    private static final int KEPT = 4;

    private final ControlRequests requests;
    private final Deque<Written> written = new ArrayDeque<>();

    private record Written(Outbox.Batch.UpdateMetadata batch, short version, ByteBuffer tail) {}

    SharedMetadata(ControlRequests requests) {
        this.requests = requests;
    }

    /**
     * The request to one broker.
     *
     * @param version one of those from 7 on
     */
    Body of(Outbox.Batch.UpdateMetadata batch, short version, long brokerEpoch) {
        ByteBuffer head = requests.metadataHead(brokerEpoch, version);
        return Body.of(ApiKeys.UPDATE_METADATA, version, List.of(head, tail(batch, version)));
    }

    /** Keeps nothing any more: all are told, and what comes next is something else. */
    synchronized void forget() {
        written.clear();
    }

    private synchronized ByteBuffer tail(Outbox.Batch.UpdateMetadata batch, short version) {
        Optional<Written> same = written.stream()
                .filter(each -> each.version() == version && each.batch().tellsTheSame(batch))
                .findFirst();
        if (same.isPresent()) {
            return same.get().tail();
        }
        ByteBuffer tail = requests.metadataTail(batch, version);
        written.addFirst(new Written(batch, version, tail));
        if (written.size() > KEPT) {
            written.removeLast();
        }
        return tail;
    }
}
