package io.regent.broker.log;

/**
 * A follower was handed records below its log end. The caller decides: an empty log may be restarted at
 * {@link #firstOffset()} and the append repeated. Immutable.
 */
public final class UnexpectedAppendOffsetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long firstOffset;
    private final long lastOffset;

    UnexpectedAppendOffsetException(String message, long firstOffset, long lastOffset) {
        super(message);
        this.firstOffset = firstOffset;
        this.lastOffset = lastOffset;
    }

    /** The first offset of the refused records. */
    public long firstOffset() {
        return firstOffset;
    }

    /** The last offset of the refused records. */
    public long lastOffset() {
        return lastOffset;
    }
}
