package io.regent.cli.bench;

/** The two requests by which a controller tells the state of partitions. */
enum Channel {
    LEADER_AND_ISR("LeaderAndIsr"),
    UPDATE_METADATA("UpdateMetadata");

    private final String label;

    Channel(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
