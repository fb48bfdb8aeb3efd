package io.regent.cli.drill;

import java.util.List;

/**
 * What became of a drill's records.
 *
 * @param acknowledged records whose acknowledgement arrived
 * @param unknown records whose acknowledgement never did
 * @param lost acknowledged records that are not in the log
 * @param duplicated copies in the log beyond the first of a record
 * @param foreign records in the log that this drill did not write there
 * @param lostSamples some of the lost ones, by name
 */
record Verdict(long acknowledged, Unknown unknown, long lost, long duplicated, long foreign, List<String> lostSamples) {
    /**
     * @param total how many
     * @param present how many of them are in the log all the same
     */
    record Unknown(long total, long present) {}

    boolean nothingLost() {
        return lost == 0;
    }
}
