package io.regent.broker.replica;

import io.regent.broker.BrokerConfig;
import io.regent.broker.log.LogManagerSettings;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.server.config.QuotaConfigs;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;

/**
 * The configuration that replication obeys, as plain values. Immutable.
 *
 * @param lagTimeMaxMs how long a follower may lag before it leaves the ISR (replica.lag.time.max.ms)
 * @param checkpointIntervalMs how often high watermarks are written (replica.high.watermark.checkpoint.interval.ms)
 * @param throttleWindow over what time throttled replication is measured
 * @param moves between log directories
 */
public record ReplicaSettings(
        int brokerId,
        ListenerName interBrokerListener,
        long lagTimeMaxMs,
        long checkpointIntervalMs,
        FetcherSettings fetchers,
        ReplicationThrottle.Window throttleWindow,
        MoveSettings moves) {

    /**
     * How logs move between the directories of this broker.
     *
     * @param threads that copy (num.replica.alter.log.dirs.threads)
     * @param throttleWindow over what time their traffic is measured
     */
    public record MoveSettings(int threads, ReplicationThrottle.Window throttleWindow) {}

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
                        config.replicaSocketTimeoutMs()),
                new ReplicationThrottle.Window(
                        config.getInt(QuotaConfigs.NUM_REPLICATION_QUOTA_SAMPLES_CONFIG),
                        config.getInt(QuotaConfigs.REPLICATION_QUOTA_WINDOW_SIZE_SECONDS_CONFIG)),
                moves(config));
    }

    private static MoveSettings moves(BrokerConfig config) {
        Integer threads = config.getInt(ServerConfigs.NUM_REPLICA_ALTER_LOG_DIRS_THREADS_CONFIG);
        int perDirectory = Math.max(1, LogManagerSettings.from(config).logDirs().size());
        return new MoveSettings(
                threads == null ? perDirectory : threads,
                new ReplicationThrottle.Window(
                        config.getInt(QuotaConfigs.NUM_ALTER_LOG_DIRS_REPLICATION_QUOTA_SAMPLES_CONFIG),
                        config.getInt(QuotaConfigs.ALTER_LOG_DIRS_REPLICATION_QUOTA_WINDOW_SIZE_SECONDS_CONFIG)));
    }
}
