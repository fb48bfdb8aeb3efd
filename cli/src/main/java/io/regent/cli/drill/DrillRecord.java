package io.regent.cli.drill;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The value of a record that a drill writes: unique, and recognizable wherever it turns up.
 *
 * @param run the drill that wrote it
 * @param partition the partition it was written to
 * @param sequence its number within the partition, from 0
 */
record DrillRecord(long run, int partition, int sequence) {
    private static final int BYTES = Long.BYTES + 2 * Integer.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putLong(run)
                .putInt(partition)
                .putInt(sequence)
                .array();
    }

    /** Reads a value back; empty when no drill wrote it. */
    static Optional<DrillRecord> decode(byte[] value) {
        if (value == null || value.length != BYTES) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return Optional.of(new DrillRecord(buffer.getLong(), buffer.getInt(), buffer.getInt()));
    }
}
