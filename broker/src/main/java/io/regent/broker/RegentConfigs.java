package io.regent.broker;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Regent's own configuration keys, beside those that Kafka defines.
 *
 * <p>Constants and pure functions; it never reads a value.
 */
public final class RegentConfigs {
    public static final String FAILURE_DETECTION_CONFIG = "regent.failure.detection";
    public static final String FAILURE_DETECTION_CONNECTION = "connection";
    public static final String FAILURE_DETECTION_SESSION = "session";
    private static final String FAILURE_DETECTION_DOC =
            "How the death of a broker or of the controller is noticed. With "
                    + "'connection', a node whose established connection closed and whose advertised listener then refuses "
                    + "connections is taken for dead, and what its process left in ZooKeeper is deleted at once. With 'session', "
                    + "only the end of its ZooKeeper session counts, as in Apache Kafka.";

    public static final String HEARTBEAT_TIMEOUT_MS_CONFIG = "regent.failure.heartbeat.timeout.ms";
    private static final String HEARTBEAT_TIMEOUT_MS_DOC =
            "After how many milliseconds a node hangs whose kernel accepts "
                    + "connections and whose process answers nothing; what it left in ZooKeeper is deleted then, as if it had died. "
                    + "0, the default, asks no node and leaves a process that hangs to its ZooKeeper session.";

    /** Anything shorter finds pauses that a garbage collector or a busy machine makes every day. */
    static final long MIN_HEARTBEAT_TIMEOUT_MS = 500;

    public static final String CONTROLLER_PREFERRED_CONFIG = "regent.controller.preferred";
    private static final String CONTROLLER_PREFERRED_DOC = "Whether this node takes the controller's seat from a node "
            + "that is not preferred, whenever it can rule. Between preferred nodes the first one rules.";

    public static final String NODE_ROLES_CONFIG = "regent.node.roles";
    public static final String ROLE_BROKER = "broker";
    public static final String ROLE_CONTROLLER = "controller";
    private static final String NODE_ROLES_DOC = "What this node may do: 'broker' stores and serves partitions, "
            + "'controller' contests the controller's seat. A node with 'controller' alone rules and stores nothing: it needs an "
            + "id that no broker uses, and no log.dirs.";

    private RegentConfigs() {}

    /** Adds Regent's keys to {@code base}, with defaults, validators and documentation. */
    static ConfigDef define(ConfigDef base) {
        return base.define(
                        FAILURE_DETECTION_CONFIG,
                        ConfigDef.Type.STRING,
                        FAILURE_DETECTION_CONNECTION,
                        ConfigDef.ValidString.in(FAILURE_DETECTION_CONNECTION, FAILURE_DETECTION_SESSION),
                        ConfigDef.Importance.MEDIUM,
                        FAILURE_DETECTION_DOC)
                .define(
                        HEARTBEAT_TIMEOUT_MS_CONFIG,
                        ConfigDef.Type.LONG,
                        0,
                        ConfigDef.LambdaValidator.with(
                                RegentConfigs::checkHeartbeatTimeout,
                                () -> "0, or at least " + MIN_HEARTBEAT_TIMEOUT_MS),
                        ConfigDef.Importance.LOW,
                        HEARTBEAT_TIMEOUT_MS_DOC)
                .define(
                        CONTROLLER_PREFERRED_CONFIG,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        ConfigDef.Importance.MEDIUM,
                        CONTROLLER_PREFERRED_DOC)
                .define(
                        NODE_ROLES_CONFIG,
                        ConfigDef.Type.LIST,
                        ROLE_BROKER + "," + ROLE_CONTROLLER,
                        ConfigDef.ValidList.in(ROLE_BROKER, ROLE_CONTROLLER),
                        ConfigDef.Importance.MEDIUM,
                        NODE_ROLES_DOC);
    }

    private static void checkHeartbeatTimeout(String name, Object value) {
        if (value instanceof Long timeoutMs && timeoutMs != 0 && timeoutMs < MIN_HEARTBEAT_TIMEOUT_MS) {
            throw new ConfigException(name, value, "must be 0, or at least " + MIN_HEARTBEAT_TIMEOUT_MS);
        }
    }
}
