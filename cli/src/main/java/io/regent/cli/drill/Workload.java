package io.regent.cli.drill;

/**
 * What a drill writes.
 *
 * @param topic the topic it makes
 * @param run a number of its own, so that no other drill's records are taken for its
 * @param partitions how many partitions
 * @param replicationFactor how many replicas each has
 * @param minInsyncReplicas the topic's min.insync.replicas
 * @param recordsPerSecond over all partitions
 */
record Workload(
        String topic, long run, int partitions, short replicationFactor, int minInsyncReplicas, long recordsPerSecond) {
    /** The time between two records of one partition. */
    long intervalNanos() {
        return 1_000_000_000L * partitions / recordsPerSecond;
    }
}
