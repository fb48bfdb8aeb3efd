package io.regent.metadata;

import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * The 128-bit identity of a topic, which a topic of the same name created later does not share (KIP-516).
 *
 * <p>Written as Kafka writes it: 22 characters of unpadded URL-safe base64.
 */
public record TopicId(long mostSignificantBits, long leastSignificantBits) implements Comparable<TopicId> {

    /** Stands for "no id": a topic from before Kafka 2.8 that has not been given one yet. */
    public static final TopicId NONE = new TopicId(0L, 0L);

    private static final int BYTES = 16;

    /**
     * Reads the 22-character form.
     *
     * @throws IllegalArgumentException when the text is not 16 bytes of base64
     */
    public static TopicId parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "topic id '" + text + "' has " + bytes.length + " bytes instead of " + BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new TopicId(buffer.getLong(), buffer.getLong());
    }

    /** Whether this is a real id, not {@link #NONE}. */
    public boolean isPresent() {
        return !equals(NONE);
    }

    @Override
    public int compareTo(TopicId other) {
        int high = Long.compare(mostSignificantBits, other.mostSignificantBits);
        return high != 0 ? high : Long.compare(leastSignificantBits, other.leastSignificantBits);
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
