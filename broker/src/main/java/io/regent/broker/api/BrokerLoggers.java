package io.regent.broker.api;

import java.util.SortedMap;

/**
 * The levels of this process's loggers, which may be altered while it runs and are forgotten when it ends (KIP-412).
 *
 * <p>Any thread may call it.
 */
public interface BrokerLoggers {
    /** Kafka's name of the logger from which all others inherit. */
    String ROOT = "root";

    /** Each logger's level, its own or inherited. */
    SortedMap<String, String> levels();

    /** Whether there is a logger of this name. */
    boolean exists(String logger);

    /** Gives a logger that exists a level that Kafka knows; null for the one it inherits. */
    void set(String logger, String level);
}
