package io.regent.cli.bench;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/**
 * What a broker must still be told, and when it had been told all of it.
 *
 * <p>Guarded by the ledger it is set in; only its future is for everybody.
 */
final class Goal {
    private final int minControllerEpoch;
    private final int[] minLeaderEpochs;
    private final BitSet awaited;
    private final CompletableFuture<Long> reached = new CompletableFuture<>();
    private final int total;
    private int left;

    /**
     * @param awaited the partitions
     * @param minControllerEpoch what was told under an older reign does not count
     * @param minLeaderEpochs by partition: what was told of an older leader does not count; null where any counts
     */
    Goal(BitSet awaited, int minControllerEpoch, int[] minLeaderEpochs) {
        this.awaited = awaited;
        this.minControllerEpoch = minControllerEpoch;
        this.minLeaderEpochs = minLeaderEpochs;
        this.total = awaited.cardinality();
        this.left = total;
        if (left == 0) {
            // There is nothing to tell, so it was told before anything else.
            reached.complete(Long.MIN_VALUE);
        }
    }

    /** The broker was told of a partition. */
    void told(int partition, int controllerEpoch, int leaderEpoch, long atNanos) {
        if (left == 0
                || controllerEpoch < minControllerEpoch
                || !awaited.get(partition)
                || (minLeaderEpochs != null && leaderEpoch < minLeaderEpochs[partition])) {
            return;
        }
        awaited.clear(partition);
        left--;
        if (left == 0) {
            reached.complete(atNanos);
        }
    }

    /** When the last of them was told, on {@link System#nanoTime()}. */
    CompletableFuture<Long> reached() {
        return reached;
    }

    /** How far it has come, for an error. */
    String progress() {
        return (total - left) + " of " + total;
    }
}
