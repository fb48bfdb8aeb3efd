package io.regent.cli.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Goes over the bytes of a Kafka request and skips what nobody asked for, which costs a small part of parsing them into objects.
 *
 * <p>One thread. Throws {@link java.nio.BufferUnderflowException} or {@link IllegalArgumentException} where a request ends too early.
 */
final class Cursor {
    private final ByteBuffer bytes;

    Cursor(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** What is left, for a parser of objects. */
    ByteBuffer rest() {
        return bytes.slice();
    }

    short int16() {
        return bytes.getShort();
    }

    int int32() {
        return bytes.getInt();
    }

    long int64() {
        return bytes.getLong();
    }

    void skip(int length) {
        bytes.position(bytes.position() + length);
    }

    int varint() {
        return ByteUtils.readUnsignedVarint(bytes);
    }

    /** The length of a compact array; a null one has no elements either. */
    int length() {
        return Math.max(0, varint() - 1);
    }

    String compactString() {
        byte[] text = new byte[length()];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    void skipNullableString() {
        skip(Math.max(0, int16()));
    }

    void skipInts() {
        skip(Integer.BYTES * length());
    }

    void skipTags() {
        for (int tags = varint(); tags > 0; tags--) {
            varint();
            skip(varint());
        }
    }
}
