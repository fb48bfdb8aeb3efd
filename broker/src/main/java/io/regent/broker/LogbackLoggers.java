package io.regent.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.regent.broker.api.BrokerLoggers;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.LoggerFactory;

/**
 * The loggers of this process in Logback. Any thread may call it.
 *
 * <p>Logback has no level above ERROR but OFF, so FATAL stands for ERROR, as it does in SLF4J.
 */
final class LogbackLoggers implements BrokerLoggers {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogbackLoggers.class);

    @Override
    public SortedMap<String, String> levels() {
        SortedMap<String, String> levels = new TreeMap<>();
        context()
                .getLoggerList()
                .forEach(logger -> levels.put(
                        logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName(),
                        logger.getEffectiveLevel().toString()));
        return levels;
    }

    @Override
    public boolean exists(String logger) {
        return logger.equals(ROOT) || context().exists(logger) != null;
    }

    @Override
    public void set(String name, String level) {
        Logger logger = context().getLogger(name.equals(ROOT) ? org.slf4j.Logger.ROOT_LOGGER_NAME : name);
        logger.setLevel(level == null ? null : level.equals("FATAL") ? Level.ERROR : Level.valueOf(level));
        LOG.warn("The log level of {} is {} now", name, logger.getEffectiveLevel());
    }

    private static LoggerContext context() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return context;
        }
        throw new UnsupportedVersionException("This broker does not log through Logback, so its levels are not known");
    }
}
