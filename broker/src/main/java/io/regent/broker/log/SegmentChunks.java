package io.regent.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;

/**
 * Reads a segment file in chunks of whole batches through one buffer, which grows for a batch that is longer. Used by
 * one thread. What it returns is valid until the next read.
 */
final class SegmentChunks {
    private final int usualSize;
    private final IntConsumer throttle;
    private ByteBuffer buffer;

    /** @param throttle told the bytes of each read, and may wait */
    SegmentChunks(int usualSize, IntConsumer throttle) {
        this.usualSize = usualSize;
        this.throttle = throttle;
        this.buffer = ByteBuffer.allocate(usualSize);
    }

    int capacity() {
        return buffer.capacity();
    }

    /**
     * The batches from a position on, at least one.
     *
     * @throws CorruptRecordException when the file ends within a batch
     */
    MemoryRecords read(FileRecords file, int position) throws IOException {
        MemoryRecords records = readWhole(file, position);
        if (records.validBytes() == 0) {
            throw new CorruptRecordException("No whole batch at position " + position + " of " + file.file()
                    + ": its length is " + records.firstBatchSize() + " bytes, and "
                    + (file.sizeInBytes() - position) + " are left");
        }
        return records;
    }

    /** The batches from a position on; none when the file ends within the first. */
    MemoryRecords readWhole(FileRecords file, int position) throws IOException {
        MemoryRecords records = fill(file, position);
        Integer size = records.firstBatchSize();
        boolean isLonger = size != null && size > buffer.capacity() && size <= file.sizeInBytes() - position;
        if (isLonger) {
            buffer = ByteBuffer.allocate(size);
            records = fill(file, position);
        }
        return records;
    }

    private MemoryRecords fill(FileRecords file, int position) throws IOException {
        buffer.clear();
        file.readInto(buffer, position);
        throttle.accept(buffer.limit());
        return MemoryRecords.readableRecords(buffer);
    }

    /** Gives the memory of an unusually long batch back. */
    void shrink() {
        if (buffer.capacity() > usualSize) {
            buffer = ByteBuffer.allocate(usualSize);
        }
    }
}
