package io.regent.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.config.KRaftConfigs;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.config.ZkConfigs;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;
import org.apache.kafka.storage.internals.log.CleanerConfig;

/**
 * What must hold between the values of a configuration, beyond the type and range of each single one.
 *
 * <p>Pure functions from values to sentences; each sentence names the key, the value and why it cannot be.
 */
final class ConfigChecks {
    /** Switches of Kafka that change what is safe or stored: to accept one and not honour it would mislead. */
    private static final Map<String, String> SWITCHES_WITHOUT_EFFECT_HERE = Map.of(
            ZkConfigs.ZK_ENABLE_SECURE_ACLS_CONFIG, "ACLs on znodes are not supported",
            ZkConfigs.ZK_SSL_CLIENT_ENABLE_CONFIG, "TLS to ZooKeeper is not supported",
            KRaftConfigs.MIGRATION_ENABLED_CONFIG, "migration to KRaft is not supported",
            RemoteLogManagerConfig.REMOTE_LOG_STORAGE_SYSTEM_ENABLE_PROP, "tiered storage is not supported");

    private static final List<String> PLUGINS_WITHOUT_EFFECT_HERE = List.of(
            ServerConfigs.AUTHORIZER_CLASS_NAME_CONFIG,
            ServerLogConfigs.CREATE_TOPIC_POLICY_CLASS_NAME_CONFIG,
            ServerLogConfigs.ALTER_CONFIG_POLICY_CLASS_NAME_CONFIG,
            SocketServerConfigs.CONTROL_PLANE_LISTENER_NAME_CONFIG);

    private static final MetadataVersion OLDEST_PEER = MetadataVersion.IBP_3_0_IV0;
    private static final MetadataVersion NEWEST_PEER = MetadataVersion.IBP_3_9_IV0;
    private static final long CLEANER_MIN_BUFFER_BYTES_PER_THREAD = 1024 * 1024;

    private ConfigChecks() {}

    /** All that is wrong with values whose types and ranges have been checked already; empty when they may be used. */
    static List<String> problems(BrokerConfig config) {
        List<String> problems = new ArrayList<>();
        checkMode(config, problems);
        checkBrokerId(config, problems);
        checkUnsupported(config, problems);
        checkLogs(config, problems);
        checkReplication(config, problems);
        checkConnections(config, problems);
        return problems;
    }

    private static void checkMode(BrokerConfig config, List<String> problems) {
        List<String> roles = config.getList(KRaftConfigs.PROCESS_ROLES_CONFIG);
        require(
                roles.isEmpty(),
                problems,
                KRaftConfigs.PROCESS_ROLES_CONFIG,
                String.join(",", roles),
                "this is a KRaft setting; Regent runs on ZooKeeper, remove the key");
        String connect = config.getString(ZkConfigs.ZK_CONNECT_CONFIG);
        require(
                connect != null && !connect.isBlank(),
                problems,
                ZkConfigs.ZK_CONNECT_CONFIG,
                connect,
                "the address of ZooKeeper is required, and has no default");
        require(
                config.failureDetectionByConnection() || config.heartbeatTimeoutMs() == 0,
                problems,
                RegentConfigs.HEARTBEAT_TIMEOUT_MS_CONFIG,
                config.heartbeatTimeoutMs(),
                "with " + RegentConfigs.FAILURE_DETECTION_CONFIG + "=" + RegentConfigs.FAILURE_DETECTION_SESSION
                        + " only ZooKeeper sessions count");
        require(
                !config.getList(RegentConfigs.NODE_ROLES_CONFIG).isEmpty(),
                problems,
                RegentConfigs.NODE_ROLES_CONFIG,
                "",
                "a node needs at least one role");
        require(
                config.hasControllerRole() || !config.controllerPreferred(),
                problems,
                RegentConfigs.CONTROLLER_PREFERRED_CONFIG,
                true,
                "a node without the role " + RegentConfigs.ROLE_CONTROLLER + " in " + RegentConfigs.NODE_ROLES_CONFIG
                        + " never rules");
        String version = config.getString(ReplicationConfigs.INTER_BROKER_PROTOCOL_VERSION_CONFIG);
        MetadataVersion parsed = MetadataVersion.fromVersionString(version);
        require(
                parsed.isAtLeast(OLDEST_PEER) && !NEWEST_PEER.isLessThan(parsed),
                problems,
                ReplicationConfigs.INTER_BROKER_PROTOCOL_VERSION_CONFIG,
                version,
                "peers must speak " + OLDEST_PEER + " to " + NEWEST_PEER);
    }

    private static void checkBrokerId(BrokerConfig config, List<String> problems) {
        int brokerId = config.getInt(ServerConfigs.BROKER_ID_CONFIG);
        int nodeId = config.getInt(KRaftConfigs.NODE_ID_CONFIG);
        int reserved = config.getInt(ServerConfigs.RESERVED_BROKER_MAX_ID_CONFIG);
        require(
                nodeId == -1 || brokerId == -1 || nodeId == brokerId,
                problems,
                ServerConfigs.BROKER_ID_CONFIG,
                brokerId,
                "it differs from " + KRaftConfigs.NODE_ID_CONFIG + "=" + nodeId);
        int id = brokerId == -1 ? nodeId : brokerId;
        require(
                id != -1 || config.hasBrokerRole(),
                problems,
                ServerConfigs.BROKER_ID_CONFIG,
                id,
                "a node that only rules must be given an id that no broker uses: it has no log directory that would keep"
                        + " a generated one");
        if (config.getBoolean(ServerConfigs.BROKER_ID_GENERATION_ENABLE_CONFIG)) {
            require(
                    id >= -1 && id <= reserved,
                    problems,
                    ServerConfigs.BROKER_ID_CONFIG,
                    id,
                    "it must be between -1 and " + ServerConfigs.RESERVED_BROKER_MAX_ID_CONFIG + "=" + reserved
                            + ", since larger ids are generated");
        } else {
            require(
                    id >= 0,
                    problems,
                    ServerConfigs.BROKER_ID_CONFIG,
                    id,
                    "it must be at least 0 while " + ServerConfigs.BROKER_ID_GENERATION_ENABLE_CONFIG + " is false");
        }
    }

    private static void checkUnsupported(BrokerConfig config, List<String> problems) {
        SWITCHES_WITHOUT_EFFECT_HERE.forEach((key, why) -> require(!config.getBoolean(key), problems, key, true, why));
        for (String key : PLUGINS_WITHOUT_EFFECT_HERE) {
            Object value = config.get(key);
            require(value == null || value.toString().isEmpty(), problems, key, value, "this is not supported");
        }
    }

    private static void checkLogs(BrokerConfig config, List<String> problems) {
        require(
                !config.logDirs().isEmpty(),
                problems,
                ServerLogConfigs.LOG_DIRS_CONFIG,
                config.getString(ServerLogConfigs.LOG_DIRS_CONFIG),
                "at least one log directory must be named");
        atLeast(config, ServerLogConfigs.LOG_ROLL_TIME_MILLIS_CONFIG, 1, problems);
        atLeast(config, ServerLogConfigs.LOG_ROLL_TIME_JITTER_MILLIS_CONFIG, 0, problems);
        for (String key : List.of(
                ServerLogConfigs.LOG_RETENTION_TIME_MILLIS_CONFIG,
                ServerLogConfigs.LOG_RETENTION_TIME_MINUTES_CONFIG,
                ServerLogConfigs.LOG_RETENTION_TIME_HOURS_CONFIG)) {
            Number value = (Number) config.get(key);
            require(
                    value == null || value.longValue() < 0 || value.longValue() >= 1,
                    problems,
                    key,
                    value,
                    "retention must be unlimited (-1) or at least 1");
        }
        int threads = config.getInt(CleanerConfig.LOG_CLEANER_THREADS_PROP);
        long buffer = config.getLong(CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP);
        require(
                buffer > CLEANER_MIN_BUFFER_BYTES_PER_THREAD * Math.max(1, threads),
                problems,
                CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP,
                buffer,
                "it must be more than 1 MB for each of the " + threads + " cleaner threads");
    }

    private static void checkReplication(BrokerConfig config, List<String> problems) {
        int waitMs = config.getInt(ReplicationConfigs.REPLICA_FETCH_WAIT_MAX_MS_CONFIG);
        int socketTimeoutMs = config.getInt(ReplicationConfigs.REPLICA_SOCKET_TIMEOUT_MS_CONFIG);
        long lagTimeMs = config.getLong(ReplicationConfigs.REPLICA_LAG_TIME_MAX_MS_CONFIG);
        require(
                waitMs <= socketTimeoutMs,
                problems,
                ReplicationConfigs.REPLICA_FETCH_WAIT_MAX_MS_CONFIG,
                waitMs,
                "it must not exceed " + ReplicationConfigs.REPLICA_SOCKET_TIMEOUT_MS_CONFIG + "=" + socketTimeoutMs);
        require(
                waitMs <= lagTimeMs,
                problems,
                ReplicationConfigs.REPLICA_FETCH_WAIT_MAX_MS_CONFIG,
                waitMs,
                "it must not exceed " + ReplicationConfigs.REPLICA_LAG_TIME_MAX_MS_CONFIG + "=" + lagTimeMs
                        + ", or idle followers would leave the ISR");
        atLeast(config, ReplicationConfigs.DEFAULT_REPLICATION_FACTOR_CONFIG, 1, problems);
        atLeast(config, ReplicationConfigs.NUM_REPLICA_FETCHERS_CONFIG, 1, problems);
        atLeast(config, ZkConfigs.ZK_SESSION_TIMEOUT_MS_CONFIG, 1, problems);
    }

    private static void checkConnections(BrokerConfig config, List<String> problems) {
        String overrides = config.getString(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG);
        int perIp = config.getInt(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG);
        require(
                perIp > 0 || !overrides.isBlank(),
                problems,
                SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG,
                perIp,
                "it can be 0 only if " + SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG + " is set");
        for (String entry : overrides.split(",", -1)) {
            require(
                    entry.isBlank() || entry.trim().matches(".+:\\d{1,9}"),
                    problems,
                    SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG,
                    overrides,
                    "'" + entry.trim() + "' is not of the form host:count");
        }
        long queuedBytes = config.getLong(SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG);
        int frameBytes = config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG);
        require(
                queuedBytes <= 0 || queuedBytes >= frameBytes,
                problems,
                SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG,
                queuedBytes,
                "it must be -1 or at least " + SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG + "=" + frameBytes);
    }

    private static void atLeast(BrokerConfig config, String key, long least, List<String> problems) {
        Number value = (Number) config.get(key);
        require(value == null || value.longValue() >= least, problems, key, value, "it must be at least " + least);
    }

    private static void require(boolean holds, List<String> problems, String key, Object value, String why) {
        if (!holds) {
            problems.add(value == null ? key + ": " + why : key + "=" + value + ": " + why);
        }
    }
}
