package io.regent.controller.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A request as it goes over a connection: its length, its header, its body. Gives out as much as the socket takes next, so
 * that what is on its way to a slow broker is not in memory as a whole. Confined to the event loop of the connection.
 */
final class RequestFrame implements ChunkedInput<ByteBuf> {

    private static final int LENGTH_BYTES = 4;

    /** As much as Netty lets wait for a socket before it calls it full. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private final long length;
    private final Iterator<ByteBuffer> parts;
    private ByteBuffer part;
    private long progress;

    RequestFrame(RequestHeader header, Body body) {
        ByteBuffer head = MessageUtil.toByteBuffer(header.data(), header.headerVersion());
        int size = head.remaining() + body.bytes();
        this.length = (long) LENGTH_BYTES + size;
        this.parts = body.parts().iterator();
        this.part = ByteBuffer.allocate(LENGTH_BYTES + head.remaining())
                .putInt(size)
                .put(head)
                .flip();
    }

    @Override
    public boolean isEndOfInput() {
        return progress == length;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) {
        int size = (int) Math.min(CHUNK_BYTES, length - progress);
        ByteBuf chunk = allocator.ioBuffer(size, size);
        try {
            while (chunk.isWritable()) {
                if (!part.hasRemaining()) {
                    part = parts.next();
                }
                int taken = Math.min(chunk.writableBytes(), part.remaining());
                chunk.writeBytes(part.slice(part.position(), taken));
                part.position(part.position() + taken);
            }
            progress += size;
            return chunk.retain();
        } finally {
            chunk.release();
        }
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // It is Netty's to remove.
    public ByteBuf readChunk(ChannelHandlerContext context) {
        return readChunk(context.alloc());
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long progress() {
        return progress;
    }

    @Override
    public void close() {
        part = ByteBuffer.allocate(0);
    }
}
