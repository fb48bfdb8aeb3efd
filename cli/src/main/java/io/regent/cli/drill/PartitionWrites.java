package io.regent.cli.drill;

import java.util.BitSet;

/**
 * What was written to one partition.
 *
 * @param partition its number
 * @param sent how many records were handed to the producer: sequences 0 to {@code sent - 1}
 * @param acknowledged the sequences whose acknowledgement arrived; of the others nobody knows
 */
record PartitionWrites(int partition, int sent, BitSet acknowledged) {}
