package io.regent.cli.drill;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares what was acknowledged with what is in the log.
 *
 * <p>Pure. A record whose acknowledgement never arrived may be there or not: it is neither lost nor, once, a duplicate.
 */
final class Verifier {
    /** Enough to start looking into the log; a drill that loses everything should not print everything. */
    private static final int MAX_SAMPLES = 20;

    private Verifier() {}

    static Verdict verify(List<PartitionWrites> writes, ReadBack readBack) {
        long sent = 0;
        long acknowledged = 0;
        long unknownPresent = 0;
        long lost = 0;
        long duplicated = 0;
        List<String> samples = new ArrayList<>();
        for (PartitionWrites partition : writes) {
            sent += partition.sent();
            acknowledged += partition.acknowledged().cardinality();
            for (int sequence = 0; sequence < partition.sent(); sequence++) {
                int copies = readBack.copiesOf(partition.partition(), sequence);
                boolean promised = partition.acknowledged().get(sequence);
                duplicated += Math.max(0, copies - 1);
                if (promised && copies == 0) {
                    lost++;
                    if (samples.size() < MAX_SAMPLES) {
                        samples.add("record " + sequence + " of partition " + partition.partition());
                    }
                }
                if (!promised && copies > 0) {
                    unknownPresent++;
                }
            }
        }
        return new Verdict(
                acknowledged,
                new Verdict.Unknown(sent - acknowledged, unknownPresent),
                lost,
                duplicated,
                readBack.foreign(),
                List.copyOf(samples));
    }
}
