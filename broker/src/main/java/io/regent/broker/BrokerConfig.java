package io.regent.broker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.KRaftConfigs;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.config.ZkConfigs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration of one broker: server.properties under Kafka's own keys, checked as a whole, plus Regent's keys.
 *
 * <p>Immutable; any thread may read it. Every key that Kafka 3.9 knows can be had by name ({@code getInt},
 * {@code getLong}, ...); the accessors below are for what Regent itself decides by, each named after its key. It never
 * changes after the start: values altered at run time live in ZooKeeper and are laid over it elsewhere.
 */
public final class BrokerConfig extends AbstractConfig {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerConfig.class);
    private static final ConfigDef DEFINITION = RegentConfigs.define(new ConfigDef(AbstractKafkaConfig.CONFIG_DEF));
    /** Keys under this prefix belong to one listener and cannot be known beforehand. */
    private static final String LISTENER_PREFIX = "listener.name.";

    private final ListenerConfig listeners;

    private BrokerConfig(Map<String, String> properties) {
        super(DEFINITION, properties, Map.of(), false);
        List<String> problems = ConfigChecks.problems(this);
        this.listeners = ListenerConfig.parse(
                new ListenerConfig.Source(
                        getString(SocketServerConfigs.LISTENERS_CONFIG),
                        getString(SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG),
                        getString(SocketServerConfigs.LISTENER_SECURITY_PROTOCOL_MAP_CONFIG),
                        getString(ReplicationConfigs.INTER_BROKER_LISTENER_NAME_CONFIG),
                        properties.get(ReplicationConfigs.INTER_BROKER_SECURITY_PROTOCOL_CONFIG)),
                BrokerConfig::canonicalHostName,
                problems);
        refuse(problems);
    }

    /**
     * Reads a properties file and lays {@code overrides} over it.
     *
     * @throws ConfigException naming the file, or every key whose value cannot be, with the reason
     */
    public static BrokerConfig load(Path file, Map<String, String> overrides) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            throw new ConfigException("The configuration file " + file + " does not exist");
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("The configuration file " + file + " cannot be read: " + e.getMessage());
        }
        Map<String, String> merged = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> merged.put(key, properties.getProperty(key)));
        merged.putAll(overrides);
        return fromMap(merged);
    }

    /** As {@link #load}, from values in memory. */
    public static BrokerConfig fromMap(Map<String, String> properties) {
        BrokerConfig config = parse(properties);
        properties.keySet().stream()
                .filter(key -> !DEFINITION.configKeys().containsKey(key) && !key.startsWith(LISTENER_PREFIX))
                .sorted()
                .forEach(key -> LOG.warn("Unknown configuration key {} has no effect", key));
        return config;
    }

    /**
     * This configuration with other values for some keys, such as those altered at run time.
     *
     * @throws ConfigException as {@link #load}
     */
    public BrokerConfig with(Map<String, String> altered) {
        Map<String, String> properties = given();
        properties.putAll(altered);
        return parse(properties);
    }

    private static BrokerConfig parse(Map<String, String> properties) {
        List<String> problems = new ArrayList<>();
        for (ConfigValue value : DEFINITION.validate(properties)) {
            if (DEFINITION.configKeys().containsKey(value.name())) {
                // A value that could not be parsed is complained about once more, as missing.
                value.errorMessages().stream().limit(1).forEach(problems::add);
            }
        }
        refuse(problems);
        return new BrokerConfig(Map.copyOf(properties));
    }

    private static void refuse(List<String> problems) {
        if (problems.size() == 1) {
            throw new ConfigException("Invalid configuration: " + problems.get(0));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    "Invalid configuration, " + problems.size() + " problems:\n  " + String.join("\n  ", problems));
        }
    }

    /** The parsed value of any key that is defined, or null when it is not set and has no default. */
    @Override
    public Object get(String key) {
        return super.get(key);
    }

    /** What is known of every key: type, default, validator, documentation. */
    public static Map<String, ConfigDef.ConfigKey> definitions() {
        return DEFINITION.configKeys();
    }

    /** What was given, in the file or as an override, as opposed to defaults. */
    public Map<String, String> given() {
        Map<String, String> given = new TreeMap<>();
        originals().forEach((key, value) -> given.put(key, String.valueOf(value)));
        return given;
    }

    /** The configured id, from broker.id or node.id; -1 when one is to be generated. */
    public int brokerId() {
        int brokerId = getInt(ServerConfigs.BROKER_ID_CONFIG);
        return brokerId == -1 ? getInt(KRaftConfigs.NODE_ID_CONFIG) : brokerId;
    }

    public boolean brokerIdGenerationEnable() {
        return getBoolean(ServerConfigs.BROKER_ID_GENERATION_ENABLE_CONFIG);
    }

    /** Generated ids are larger than this one. */
    public int reservedBrokerMaxId() {
        return getInt(ServerConfigs.RESERVED_BROKER_MAX_ID_CONFIG);
    }

    public Optional<String> rack() {
        return Optional.ofNullable(getString(ServerConfigs.BROKER_RACK_CONFIG));
    }

    public ListenerConfig listenerConfig() {
        return listeners;
    }

    /** Where to bind; an empty host means all interfaces, port 0 any free port. */
    public List<Endpoint> listeners() {
        return listeners.bound();
    }

    /** What others are told; port 0 stands for the port that the listener of this name was bound to. */
    public List<Endpoint> advertisedListeners() {
        return listeners.advertised();
    }

    public ListenerName interBrokerListenerName() {
        return listeners.interBroker();
    }

    public List<Path> logDirs() {
        String dirs = getString(ServerLogConfigs.LOG_DIRS_CONFIG);
        String named = dirs == null ? getString(ServerLogConfigs.LOG_DIR_CONFIG) : dirs;
        return Stream.of(named.split(",", -1))
                .map(String::trim)
                .filter(dir -> !dir.isEmpty())
                .map(Path::of)
                .toList();
    }

    public String zookeeperConnect() {
        return getString(ZkConfigs.ZK_CONNECT_CONFIG);
    }

    public int zookeeperSessionTimeoutMs() {
        return getInt(ZkConfigs.ZK_SESSION_TIMEOUT_MS_CONFIG);
    }

    /** How long to wait for ZooKeeper at start; the session timeout unless set. */
    public int zookeeperConnectionTimeoutMs() {
        Integer configured = getInt(ZkConfigs.ZK_CONNECTION_TIMEOUT_MS_CONFIG);
        return configured == null ? zookeeperSessionTimeoutMs() : configured;
    }

    public int numNetworkThreads() {
        return getInt(SocketServerConfigs.NUM_NETWORK_THREADS_CONFIG);
    }

    public int numIoThreads() {
        return getInt(ServerConfigs.NUM_IO_THREADS_CONFIG);
    }

    public int numReplicaFetchers() {
        return getInt(ReplicationConfigs.NUM_REPLICA_FETCHERS_CONFIG);
    }

    public int numRecoveryThreadsPerDataDir() {
        return getInt(ServerLogConfigs.NUM_RECOVERY_THREADS_PER_DATA_DIR_CONFIG);
    }

    public int numPartitions() {
        return getInt(ServerLogConfigs.NUM_PARTITIONS_CONFIG);
    }

    public int defaultReplicationFactor() {
        return getInt(ReplicationConfigs.DEFAULT_REPLICATION_FACTOR_CONFIG);
    }

    public int minInsyncReplicas() {
        return getInt(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    }

    public boolean uncleanLeaderElectionEnable() {
        return getBoolean(ReplicationConfigs.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG);
    }

    public boolean autoCreateTopicsEnable() {
        return getBoolean(ServerLogConfigs.AUTO_CREATE_TOPICS_ENABLE_CONFIG);
    }

    public boolean deleteTopicEnable() {
        return getBoolean(ServerConfigs.DELETE_TOPIC_ENABLE_CONFIG);
    }

    public boolean autoLeaderRebalanceEnable() {
        return getBoolean(ReplicationConfigs.AUTO_LEADER_REBALANCE_ENABLE_CONFIG);
    }

    public long leaderImbalanceCheckIntervalSeconds() {
        return getLong(ReplicationConfigs.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS_CONFIG);
    }

    public int leaderImbalancePerBrokerPercentage() {
        return getInt(ReplicationConfigs.LEADER_IMBALANCE_PER_BROKER_PERCENTAGE_CONFIG);
    }

    public boolean controlledShutdownEnable() {
        return getBoolean(ServerConfigs.CONTROLLED_SHUTDOWN_ENABLE_CONFIG);
    }

    public int controlledShutdownMaxRetries() {
        return getInt(ServerConfigs.CONTROLLED_SHUTDOWN_MAX_RETRIES_CONFIG);
    }

    public long controlledShutdownRetryBackoffMs() {
        return getLong(ServerConfigs.CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS_CONFIG);
    }

    public long replicaLagTimeMaxMs() {
        return getLong(ReplicationConfigs.REPLICA_LAG_TIME_MAX_MS_CONFIG);
    }

    public int replicaFetchMaxBytes() {
        return getInt(ReplicationConfigs.REPLICA_FETCH_MAX_BYTES_CONFIG);
    }

    public int replicaFetchResponseMaxBytes() {
        return getInt(ReplicationConfigs.REPLICA_FETCH_RESPONSE_MAX_BYTES_CONFIG);
    }

    public int replicaFetchMinBytes() {
        return getInt(ReplicationConfigs.REPLICA_FETCH_MIN_BYTES_CONFIG);
    }

    public int replicaFetchWaitMaxMs() {
        return getInt(ReplicationConfigs.REPLICA_FETCH_WAIT_MAX_MS_CONFIG);
    }

    public int replicaFetchBackoffMs() {
        return getInt(ReplicationConfigs.REPLICA_FETCH_BACKOFF_MS_CONFIG);
    }

    public int replicaSocketTimeoutMs() {
        return getInt(ReplicationConfigs.REPLICA_SOCKET_TIMEOUT_MS_CONFIG);
    }

    public int fetchMaxBytes() {
        return getInt(ServerConfigs.FETCH_MAX_BYTES_CONFIG);
    }

    public int requestTimeoutMs() {
        return getInt(ServerConfigs.REQUEST_TIMEOUT_MS_CONFIG);
    }

    public int controllerSocketTimeoutMs() {
        return getInt(ReplicationConfigs.CONTROLLER_SOCKET_TIMEOUT_MS_CONFIG);
    }

    public String interBrokerProtocolVersion() {
        return getString(ReplicationConfigs.INTER_BROKER_PROTOCOL_VERSION_CONFIG);
    }

    /** Whether a refused connection counts as a peer's death, or only the end of its session. */
    public boolean failureDetectionByConnection() {
        return getString(RegentConfigs.FAILURE_DETECTION_CONFIG).equals(RegentConfigs.FAILURE_DETECTION_CONNECTION);
    }

    /** After how long without an answer a peer's process hangs; 0 when nobody is asked. */
    public long heartbeatTimeoutMs() {
        return getLong(RegentConfigs.HEARTBEAT_TIMEOUT_MS_CONFIG);
    }

    public boolean controllerPreferred() {
        return getBoolean(RegentConfigs.CONTROLLER_PREFERRED_CONFIG);
    }

    public boolean hasBrokerRole() {
        return getList(RegentConfigs.NODE_ROLES_CONFIG).contains(RegentConfigs.ROLE_BROKER);
    }

    public boolean hasControllerRole() {
        return getList(RegentConfigs.NODE_ROLES_CONFIG).contains(RegentConfigs.ROLE_CONTROLLER);
    }

    private static String canonicalHostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            throw new ConfigException(SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG
                    + " must name a host, since this machine's own name cannot be resolved: " + e.getMessage());
        }
    }
}
