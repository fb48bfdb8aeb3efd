package io.regent.broker.api;

import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.LogLevelConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/**
 * Alters the levels of this broker's loggers (KIP-412), all that are asked for or none.
 *
 * <p>Any thread may call it.
 */
final class LoggerAlterations {
    private static final Set<String> LEVELS = new TreeSet<>(LogLevelConfig.VALID_LOG_LEVELS);

    private final BrokerLoggers loggers;

    LoggerAlterations(BrokerLoggers loggers) {
        this.loggers = loggers;
    }

    /**
     * Checks all operations, then carries them out.
     *
     * @throws InvalidConfigurationException for a logger that does not exist or a level that there is not
     * @throws InvalidRequestException for an operation that levels do not have
     */
    void alter(ConfigChange change, boolean validateOnly) {
        change.ops().forEach(this::check);
        if (!validateOnly) {
            change.ops()
                    .forEach(op -> loggers.set(op.key(), OpType.forId(op.type()) == OpType.DELETE ? null : op.value()));
        }
    }

    private void check(ConfigChange.Op op) {
        OpType type = OpType.forId(op.type());
        if (type == OpType.APPEND || type == OpType.SUBTRACT) {
            throw new InvalidRequestException(type + " operation is not allowed for the BROKER_LOGGER resource");
        }
        if (!loggers.exists(op.key())) {
            throw new InvalidConfigurationException("Logger " + op.key() + " does not exist!");
        }
        if (type == OpType.DELETE && op.key().equals(BrokerLoggers.ROOT)) {
            throw new InvalidRequestException("Removing the log level of the root logger is not allowed");
        }
        if (type == OpType.SET && !LEVELS.contains(op.value())) {
            throw new InvalidConfigurationException("Cannot set the log level of " + op.key() + " to " + op.value()
                    + " as it is not a supported log level. Valid log levels are " + String.join(", ", LEVELS));
        }
    }
}
