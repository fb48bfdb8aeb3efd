package io.regent.cli.drill;

/**
 * Something that happened in a failover.
 *
 * @param stage what kind of thing
 * @param afterNanos how long after the kill, on the monotonic clock
 * @param text what exactly, for a person to read
 */
record Moment(Stage stage, long afterNanos, String text) {
    long afterMs() {
        return afterNanos / 1_000_000;
    }
}
