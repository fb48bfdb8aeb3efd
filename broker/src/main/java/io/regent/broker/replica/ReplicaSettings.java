package io.regent.broker.replica;

import io.regent.broker.BrokerConfig;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.server.config.ReplicationConfigs;

/**
 * The configuration that replication obeys, as plain values. Immutable.
 *
 * @param lagTimeMaxMs how long a follower may lag before it leaves the ISR (replica.lag.time.max.ms)
 * @param checkpointIntervalMs how often high watermarks are written (replica.high.watermark.checkpoint.interval.ms)
 */
public record ReplicaSettings(
        int brokerId,
        ListenerName interBrokerListener,
        long lagTimeMaxMs,
        long checkpointIntervalMs,
        FetcherSettings fetchers) {

    /**
     * How followers fetch.
     *
     * @param fetchersPerBroker num.replica.fetchers
     * @param maxBytes of one partition in a response
     * @param backoffMs the longest pause after errors; shorter ones come first
     */
    public record FetcherSettings(
            int fetchersPerBroker,
            int maxBytes,
            int responseMaxBytes,
            int minBytes,
            int waitMaxMs,
            int backoffMs,
            int socketTimeoutMs) {}

    /** @param brokerId the id this broker runs under, which may have been generated */
    public static ReplicaSettings of(BrokerConfig config, int brokerId) {
        return new ReplicaSettings(
                brokerId,
                config.interBrokerListenerName(),
                config.replicaLagTimeMaxMs(),
                config.getLong(ReplicationConfigs.REPLICA_HIGH_WATERMARK_CHECKPOINT_INTERVAL_MS_CONFIG),
                new FetcherSettings(
                        config.numReplicaFetchers(),
                        config.replicaFetchMaxBytes(),
                        config.replicaFetchResponseMaxBytes(),
                        config.replicaFetchMinBytes(),
                        config.replicaFetchWaitMaxMs(),
                        config.replicaFetchBackoffMs(),
                        config.replicaSocketTimeoutMs()));
    }
}
