package io.regent.broker.config;

import io.regent.broker.BrokerConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.coordinator.transaction.TransactionLogConfigs;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.ConfigSynonym;
import org.apache.kafka.server.config.QuotaConfigs;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.apache.kafka.server.metrics.MetricConfigs;
import org.apache.kafka.storage.internals.log.CleanerConfig;

/**
 * Which of a broker's keys may be altered while it runs, and which keys speak for the same thing.
 *
 * <p>Pure functions. A key that Apache Kafka takes at run time and this broker cannot apply is refused by name, so that
 * nobody believes it had an effect.
 */
public final class DynamicKeys {
    private static final String LISTENER_PREFIX = "listener.name.";

    /** Keys that exist at run time only, with their types and limits. */
    private static final ConfigDef THROTTLES = QuotaConfigs.brokerQuotaConfigs();

    /** What {@link DynamicConfig}'s listeners apply at once, or, of recovery threads, at the next start. */
    private static final Set<String> APPLIED = Stream.of(
                    topicDefaults(),
                    Stream.of(
                            CleanerConfig.LOG_CLEANER_THREADS_PROP,
                            CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP,
                            CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_LOAD_FACTOR_PROP,
                            CleanerConfig.LOG_CLEANER_IO_BUFFER_SIZE_PROP,
                            CleanerConfig.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND_PROP,
                            CleanerConfig.LOG_CLEANER_BACKOFF_MS_PROP,
                            ServerConfigs.NUM_IO_THREADS_CONFIG,
                            ServerConfigs.BACKGROUND_THREADS_CONFIG,
                            ReplicationConfigs.NUM_REPLICA_FETCHERS_CONFIG,
                            ServerLogConfigs.NUM_RECOVERY_THREADS_PER_DATA_DIR_CONFIG,
                            SocketServerConfigs.MAX_CONNECTIONS_CONFIG,
                            SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG,
                            SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG,
                            TransactionLogConfigs.PRODUCER_ID_EXPIRATION_MS_CONFIG,
                            TransactionLogConfigs.TRANSACTION_PARTITION_VERIFICATION_ENABLE_CONFIG,
                            QuotaConfigs.LEADER_REPLICATION_THROTTLED_RATE_CONFIG,
                            QuotaConfigs.FOLLOWER_REPLICATION_THROTTLED_RATE_CONFIG,
                            QuotaConfigs.REPLICA_ALTER_LOG_DIRS_IO_MAX_BYTES_PER_SECOND_CONFIG))
            .flatMap(keys -> keys)
            .collect(Collectors.toUnmodifiableSet());

    /** Run-time keys of Apache Kafka for a single broker, which it refuses as a default of the cluster. */
    private static final Set<String> KAFKAS_PER_BROKER = Set.of(
            SocketServerConfigs.LISTENERS_CONFIG,
            SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG,
            SocketServerConfigs.LISTENER_SECURITY_PROTOCOL_MAP_CONFIG);

    private static final Set<String> KAFKAS_ALONE = Set.of(
            SocketServerConfigs.NUM_NETWORK_THREADS_CONFIG,
            SocketServerConfigs.MAX_CONNECTION_CREATION_RATE_CONFIG,
            MetricConfigs.METRIC_REPORTER_CLASSES_CONFIG,
            RemoteLogManagerConfig.LOG_LOCAL_RETENTION_MS_PROP,
            RemoteLogManagerConfig.LOG_LOCAL_RETENTION_BYTES_PROP);

    private DynamicKeys() {}

    /** Each default of topics under the broker's first name for it, but for what Kafka fixes at start. */
    @SuppressWarnings("deprecation") // The deprecated key has to be told from those that can be altered.
    private static Stream<String> topicDefaults() {
        Set<String> fixed = Set.of(
                ServerLogConfigs.LOG_MESSAGE_FORMAT_VERSION_CONFIG,
                RemoteLogManagerConfig.LOG_LOCAL_RETENTION_MS_PROP,
                RemoteLogManagerConfig.LOG_LOCAL_RETENTION_BYTES_PROP);
        return ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.values().stream().filter(key -> !fixed.contains(key));
    }

    /** Whether altering the key at run time has an effect here. */
    public static boolean isDynamic(String key) {
        return APPLIED.contains(key);
    }

    /** Why the key cannot be altered at run time, for one broker or for all; empty when it can. */
    public static Optional<String> refusal(String key, boolean perBroker) {
        if (APPLIED.contains(key)) {
            return Optional.empty();
        }
        String base = key.startsWith(LISTENER_PREFIX) ? "" : key;
        if (KAFKAS_PER_BROKER.contains(base) || base.isEmpty()) {
            return Optional.of(
                    perBroker
                            ? key + " cannot be changed while a Regent broker runs: set it in server.properties and"
                                    + " restart the broker"
                            : "Cannot update these configs at default cluster level, broker id must be specified: "
                                    + key);
        }
        if (KAFKAS_ALONE.contains(key)) {
            return Optional.of(key + " cannot be changed while a Regent broker runs: set it in server.properties and"
                    + " restart the broker");
        }
        return Optional.of(
                BrokerConfig.definitions().containsKey(key)
                        ? "Cannot update these configs dynamically: " + key
                        : "Unknown broker config name: " + key);
    }

    /** What is known of a key that may be altered at run time. */
    public static Optional<ConfigDef.ConfigKey> definition(String key) {
        ConfigDef.ConfigKey throttle = THROTTLES.configKeys().get(key);
        return Optional.ofNullable(
                throttle != null ? throttle : BrokerConfig.definitions().get(key));
    }

    /** @throws ConfigException when the value is not of the key's type, or out of its range */
    public static void checkValue(String key, String value) {
        ConfigDef.ConfigKey known =
                definition(key).orElseThrow(() -> new ConfigException("Unknown broker config name: " + key));
        Object parsed = ConfigDef.parseType(key, value, known.type);
        if (known.validator != null) {
            known.validator.ensureValid(key, parsed);
        }
    }

    /**
     * The key itself and those that speak for the same thing in another unit, the strongest first (such as milliseconds,
     * minutes and hours of retention).
     */
    public static List<String> synonyms(String key) {
        if (key.equals(ServerLogConfigs.LOG_FLUSH_SCHEDULER_INTERVAL_MS_CONFIG)) {
            // It is the default of log.flush.interval.ms, but is a setting in its own right too.
            return List.of(key);
        }
        for (List<ConfigSynonym> synonyms : ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.values()) {
            List<String> names = synonyms.stream().map(ConfigSynonym::name).toList();
            if (names.contains(key)) {
                return names;
            }
        }
        return List.of(key);
    }
}
