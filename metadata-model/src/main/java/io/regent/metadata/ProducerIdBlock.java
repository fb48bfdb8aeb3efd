package io.regent.metadata;

/**
 * A block of producer ids that belongs to one broker. Immutable.
 *
 * @param first the lowest id of the block
 * @param last the highest id of the block
 */
public record ProducerIdBlock(int brokerId, long first, long last) {

    /** Stands for the last block where none was given out yet. */
    public static final ProducerIdBlock NONE = new ProducerIdBlock(-1, -1, -1);
}
