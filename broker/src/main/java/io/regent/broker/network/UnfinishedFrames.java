package io.regent.broker.network;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what the unfinished frames of all connections take on the heap together. Each may be as long as
 * socket.request.max.bytes, so that a few slow or hostile peers could otherwise use up any heap.
 *
 * <p>Any event loop may call it. When it is too much, the connection with the largest unfinished frame is dropped: small
 * requests get through however many large ones hang.
 */
final class UnfinishedFrames {
    /** Whose frame it is. */
    interface Holder {
        /** Called at most once for each time it held too much; from any event loop. */
        void drop(String reason);
    }

    /** What a connection may hold without being counted: a read or two, which nearly every frame fits in. */
    static final int COUNTED_FROM_BYTES = 1 << 16;

    private final long limitBytes;
    private final AtomicLong total = new AtomicLong();
    private final ConcurrentHashMap<Holder, Integer> holders = new ConcurrentHashMap<>();

    UnfinishedFrames(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Says what a holder's unfinished frame takes now; 0 when it has none, or is closed. */
    void holds(Holder holder, int bytes) {
        Integer before = bytes < COUNTED_FROM_BYTES ? holders.remove(holder) : holders.put(holder, bytes);
        int counted = bytes < COUNTED_FROM_BYTES ? 0 : bytes;
        if (total.addAndGet((long) counted - (before == null ? 0 : before)) > limitBytes) {
            dropLargest();
        }
    }

    private void dropLargest() {
        holders.entrySet().stream().max(Map.Entry.comparingByValue()).ifPresent(largest -> {
            Holder holder = largest.getKey();
            Integer bytes = holders.remove(holder);
            if (bytes != null) {
                total.addAndGet(-bytes);
                holder.drop("its unfinished request of " + bytes
                        + " bytes is the largest of those that together take more than " + limitBytes + " bytes");
            }
        });
    }

    long totalBytes() {
        return total.get();
    }
}
