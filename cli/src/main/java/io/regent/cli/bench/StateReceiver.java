package io.regent.cli.bench;

/** Takes the states of partitions as they are read from a request. */
@FunctionalInterface
interface StateReceiver {
    /** @param partition its number in the {@link Catalog} */
    void state(int partition, int leader, int leaderEpoch);
}
