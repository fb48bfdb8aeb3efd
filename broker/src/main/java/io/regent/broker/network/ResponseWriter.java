package io.regent.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.network.TransferableChannel;

/**
 * Turns one serialized response into Netty writes, a bounded chunk at a time.
 *
 * <p>Confined to the connection's event loop. To kafka-clients' {@link Send} it plays a socket that accepts
 * {@value #CHUNK_BYTES} bytes and is then full. So records that are still in a file become file regions, records that
 * have to be converted for an old client are converted as the socket drains, and a large response never sits in
 * direct memory as a whole.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the channel; nothing else waits for it.
final class ResponseWriter implements TransferableChannel {
    /** What one response may add to the outbound buffer beyond Netty's high-water mark. */
    static final int CHUNK_BYTES = 64 * 1024;

    private final Send send;
    private final ChannelHandlerContext context;
    private ByteBuf buffer;
    private int accepted;
    private boolean stalled;

    ResponseWriter(Send send, ChannelHandlerContext context) {
        this.send = send;
        this.context = context;
    }

    boolean isCompleted() {
        return send.completed();
    }

    /** Writes the next chunk without flushing it; throws when the records cannot be read any more. */
    void writeChunk() throws IOException {
        accepted = 0;
        try {
            send.writeTo(this);
            passBufferOn();
            checkProgress();
        } finally {
            if (buffer != null) {
                buffer.release();
                buffer = null;
            }
        }
    }

    /** A send may take one empty step, to see that nothing is pending; a second one would go on for ever. */
    private void checkProgress() throws IOException {
        boolean empty = accepted == 0 && !send.completed();
        if (empty && stalled) {
            throw new IOException("the response makes no progress: " + send);
        }
        stalled = empty;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        long written = 0;
        for (int i = offset; i < offset + length && accepted < CHUNK_BYTES; i++) {
            written += write(sources[i]);
        }
        return written;
    }

    @Override
    public long write(ByteBuffer[] sources) {
        return write(sources, 0, sources.length);
    }

    @Override
    public int write(ByteBuffer source) {
        int count = Math.min(source.remaining(), CHUNK_BYTES - accepted);
        if (count <= 0) {
            return 0;
        }
        if (buffer == null) {
            buffer = context.alloc().directBuffer(count, CHUNK_BYTES);
        }
        ByteBuffer part = source.slice(source.position(), count);
        source.position(source.position() + count);
        buffer.writeBytes(part);
        accepted += count;
        return count;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        if (!file.isOpen()) {
            throw new ClosedChannelException();
        }
        passBufferOn();
        context.write(new SharedFileRegion(file, position, count));
        accepted = CHUNK_BYTES;
        return count;
    }

    @Override
    public boolean hasPendingWrites() {
        return accepted >= CHUNK_BYTES;
    }

    @Override
    public boolean isOpen() {
        return context.channel().isActive();
    }

    @Override
    public void close() {
        context.close();
    }

    private void passBufferOn() {
        if (buffer != null) {
            ByteBuf full = buffer;
            buffer = null;
            context.write(full);
        }
    }

    /** A part of a log segment's file; the file belongs to the log, so it stays open when the region has been sent. */
    private static final class SharedFileRegion extends DefaultFileRegion {
        SharedFileRegion(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {
            // Nothing here is owned.
        }
    }
}
