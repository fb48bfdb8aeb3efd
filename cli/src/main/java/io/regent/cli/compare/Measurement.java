package io.regent.cli.compare;

/**
 * What one start of one broker came to.
 *
 * @param kind what the broker found in its log directory
 * @param servesMs from the start of the process until it served, milliseconds
 * @param cpuMs the processor time that the process had used by then, milliseconds
 * @param residentKb its resident memory after the idle time, in units of 1024 bytes
 */
record Measurement(Kind kind, long servesMs, long cpuMs, long residentKb) {
    /** What a broker finds in its log directory. */
    enum Kind {
        EMPTY,
        WITH_TOPIC
    }

    @Override
    public String toString() {
        return (kind == Kind.EMPTY ? "on an empty directory" : "with the topic") + " serves after " + servesMs + " ms ("
                + cpuMs + " ms of processor time), " + residentKb / 1024 + " MB resident";
    }
}
