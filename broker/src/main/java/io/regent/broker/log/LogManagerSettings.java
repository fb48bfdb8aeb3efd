package io.regent.broker.log;

import java.io.File;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfigs;
import org.apache.kafka.coordinator.transaction.TransactionStateManagerConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;

/**
 * What a log manager is told at start, and again when configuration is altered. Immutable; any thread may read it.
 *
 * @param logDirs the entries of log.dirs; none on a node that stores nothing, where no log can be made
 * @param recoveryThreadsPerDir num.recovery.threads.per.data.dir
 * @param defaultLogConfig what a topic without its own configuration gets
 */
public record LogManagerSettings(
        List<File> logDirs,
        int recoveryThreadsPerDir,
        LogConfig defaultLogConfig,
        Intervals intervals,
        Producers producers,
        CleanerConfig cleaner) {

    /** How often the periodic tasks run, in ms; the first time after {@code initialDelayMs}. */
    public record Intervals(
            long initialDelayMs,
            long retentionCheckMs,
            long flushCheckMs,
            long recoveryPointCheckpointMs,
            long logStartCheckpointMs) {}

    /** Limits on what is remembered of producers, in ms. */
    public record Producers(
            int expirationMs, int expirationCheckMs, boolean transactionVerification, int maxTransactionTimeoutMs) {
        ProducerStateManagerConfig toManagerConfig() {
            return new ProducerStateManagerConfig(expirationMs, transactionVerification);
        }
    }

    public LogManagerSettings {
        logDirs = List.copyOf(logDirs);
    }

    /**
     * Reads Kafka's keys.
     *
     * @param config of any class whose definition holds the keys of Kafka's brokers
     * @throws org.apache.kafka.common.config.ConfigException naming the key, when a value is impossible
     */
    public static LogManagerSettings from(AbstractConfig config) {
        return new LogManagerSettings(
                logDirs(config),
                config.getInt(ServerLogConfigs.NUM_RECOVERY_THREADS_PER_DATA_DIR_CONFIG),
                new LogConfig(TopicDefaults.of(config)),
                new Intervals(
                        config.getLong(ServerLogConfigs.LOG_INITIAL_TASK_DELAY_MS_CONFIG),
                        config.getLong(ServerLogConfigs.LOG_CLEANUP_INTERVAL_MS_CONFIG),
                        config.getLong(ServerLogConfigs.LOG_FLUSH_SCHEDULER_INTERVAL_MS_CONFIG),
                        config.getInt(ServerLogConfigs.LOG_FLUSH_OFFSET_CHECKPOINT_INTERVAL_MS_CONFIG),
                        config.getInt(ServerLogConfigs.LOG_FLUSH_START_OFFSET_CHECKPOINT_INTERVAL_MS_CONFIG)),
                new Producers(
                        config.getInt(TransactionLogConfigs.PRODUCER_ID_EXPIRATION_MS_CONFIG),
                        config.getInt(TransactionLogConfigs.PRODUCER_ID_EXPIRATION_CHECK_INTERVAL_MS_CONFIG),
                        config.getBoolean(TransactionLogConfigs.TRANSACTION_PARTITION_VERIFICATION_ENABLE_CONFIG),
                        config.getInt(TransactionStateManagerConfigs.TRANSACTIONS_MAX_TIMEOUT_MS_CONFIG)),
                cleaner(config));
    }

    /** The same for a node that stores nothing. */
    public LogManagerSettings withoutLogDirs() {
        return new LogManagerSettings(
                List.of(), recoveryThreadsPerDir, defaultLogConfig, intervals, producers, cleaner);
    }

    /** A topic's configuration: its own settings over the broker's defaults. */
    public LogConfig topicConfig(Properties overrides) {
        return LogConfig.fromProps(defaultLogConfig.originals(), overrides);
    }

    /** The same topic configuration over these defaults: what a topic has set itself stays. */
    LogConfig rebased(LogConfig config) {
        Properties overrides = new Properties();
        config.originals().forEach((key, value) -> {
            if (config.overriddenConfigs.contains(key)) {
                overrides.put(key, value);
            }
        });
        return topicConfig(overrides);
    }

    private static List<File> logDirs(AbstractConfig config) {
        String several = config.getString(ServerLogConfigs.LOG_DIRS_CONFIG);
        String dirs = several == null ? config.getString(ServerLogConfigs.LOG_DIR_CONFIG) : several;
        return List.of(dirs.trim().split("\\s*,\\s*")).stream()
                .map(File::new)
                .map(File::getAbsoluteFile)
                .distinct()
                .toList();
    }

    private static CleanerConfig cleaner(AbstractConfig config) {
        return new CleanerConfig(
                config.getInt(CleanerConfig.LOG_CLEANER_THREADS_PROP),
                config.getLong(CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP),
                config.getDouble(CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_LOAD_FACTOR_PROP),
                config.getInt(CleanerConfig.LOG_CLEANER_IO_BUFFER_SIZE_PROP),
                config.getInt(ServerConfigs.MESSAGE_MAX_BYTES_CONFIG),
                config.getDouble(CleanerConfig.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND_PROP),
                config.getLong(CleanerConfig.LOG_CLEANER_BACKOFF_MS_PROP),
                config.getBoolean(CleanerConfig.LOG_CLEANER_ENABLE_PROP));
    }
}
