package io.regent.broker.network;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.network.InvalidReceiveException;

/**
 * Cuts the byte stream of one connection into frames: four bytes of size, then as many bytes.
 *
 * <p>Confined to the connection's event loop. A frame is copied to the heap, so that records parsed from it live as
 * long as they are referenced. Its array grows with the bytes that have arrived and never ahead of them by more than
 * their own number, so a claimed size costs nothing.
 */
final class FrameAssembler {
    private static final int SIZE_BYTES = Integer.BYTES;
    private static final byte[] NOTHING = {};

    private final int maxFrameBytes;
    private int sizeBytesSeen;
    private int size;
    private byte[] frame = NOTHING;
    private int filled;

    FrameAssembler(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /**
     * Consumes bytes from {@code in} up to the end of the next frame.
     *
     * @return the frame without its size, or null when more bytes are needed
     * @throws InvalidReceiveException when the size cannot be; the stream is useless from then on
     */
    ByteBuffer next(ByteBuf in) {
        if (sizeBytesSeen < SIZE_BYTES && !readSize(in)) {
            return null;
        }
        int arrived = Math.min(size - filled, in.readableBytes());
        ensureRoomFor(arrived);
        in.readBytes(frame, filled, arrived);
        filled += arrived;
        if (filled < size) {
            return null;
        }
        ByteBuffer complete = ByteBuffer.wrap(frame, 0, size);
        sizeBytesSeen = 0;
        size = 0;
        frame = NOTHING;
        filled = 0;
        return complete;
    }

    /** What this connection's unfinished frame takes on the heap. */
    int bufferedBytes() {
        return frame.length;
    }

    private boolean readSize(ByteBuf in) {
        while (sizeBytesSeen < SIZE_BYTES && in.isReadable()) {
            size = (size << Byte.SIZE) | in.readUnsignedByte();
            sizeBytesSeen++;
        }
        if (sizeBytesSeen < SIZE_BYTES) {
            return false;
        }
        if (size <= 0) {
            throw new InvalidReceiveException("a frame cannot have the size " + size);
        }
        if (size > maxFrameBytes) {
            throw new InvalidReceiveException(
                    "a frame of " + size + " bytes is over socket.request.max.bytes=" + maxFrameBytes);
        }
        return true;
    }

    private void ensureRoomFor(int arrived) {
        int needed = filled + arrived;
        if (needed > frame.length) {
            long grown = Math.max(needed, 2L * filled);
            frame = Arrays.copyOf(frame, (int) Math.min(size, grown));
        }
    }
}
