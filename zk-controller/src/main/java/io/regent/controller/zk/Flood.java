package io.regent.controller.zk;

import io.regent.metadata.ClusterImage;

/** Notices when so much of the topics changes that reading all of them again, in peace, is less than being told of each. One thread. */
final class Flood {

    private static final long WINDOW_MS = 1_000;

    /** Whoever is told of this part of all partitions within a second will be told of far more: a large broker died. */
    private static final int PART = 20;

    private final int many;
    private long sinceMs;
    private int told;

    /** @param many what is no flood in any cluster, if there are fewer */
    Flood(int many) {
        this.many = many;
    }

    /** Counts one more change; true now and then while there is a flood. */
    boolean rises(long nowMs, ClusterImage held) {
        if (told == 0 || nowMs - sinceMs >= WINDOW_MS) {
            sinceMs = nowMs;
            told = 0;
        }
        told++;
        // To count the partitions takes longer than to be told of a change.
        return told % many == 0 && told >= held.partitionCount() / PART;
    }
}
