package io.regent.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/**
 * Counts file regions by their length towards the outbound buffer's bounds.
 *
 * <p>Stateless. Netty counts them as nothing, since they take no memory; counted, they keep the broker from preparing
 * further responses for a peer that has not read the last one.
 */
final class OutboundSize implements MessageSizeEstimator, MessageSizeEstimator.Handle {
    static final OutboundSize ESTIMATOR = new OutboundSize();

    private OutboundSize() {}

    @Override
    public Handle newHandle() {
        return this;
    }

    @Override
    public int size(Object message) {
        if (message instanceof ByteBuf buffer) {
            return buffer.readableBytes();
        }
        if (message instanceof FileRegion region) {
            return (int) Math.min(Integer.MAX_VALUE, region.count());
        }
        return 0;
    }
}
