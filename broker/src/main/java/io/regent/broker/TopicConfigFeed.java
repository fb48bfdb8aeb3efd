package io.regent.broker;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.log.LogManager;
import io.regent.controller.zk.ClusterZnodes;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings topics' configuration overrides from ZooKeeper to the logs: when a log is opened, and whenever they change.
 *
 * <p>Any thread but the ZooKeeper session's may ask for overrides, as that waits for ZooKeeper, though never for long: a
 * log that must be opened while ZooKeeper is away gets the broker's defaults, and its own configuration later.
 */
final class TopicConfigFeed implements ConfigFeed {
    private static final Logger LOG = LoggerFactory.getLogger(TopicConfigFeed.class);
    private static final String TOPIC_ENTITY = "topics/";
    /** How long the opening of a log may wait for ZooKeeper. */
    private static final long READ_TIMEOUT_MS = 5_000;
    /** How long an answer, or none, holds: the controller's request names all partitions of a topic in a row. */
    private static final long MEMO_MS = 1_000;

    private record Memo(String topic, Properties overrides, long atNs) {
        boolean holds() {
            return System.nanoTime() - atNs < TimeUnit.MILLISECONDS.toNanos(MEMO_MS);
        }
    }

    private final ClusterZnodes znodes;
    private final ConfigStore store;
    private final LogManager logs;
    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private volatile Memo lastRead;
    private volatile Memo lastFailure;

    /**
     * @param znodes read from where a log is opened: whoever opens one holds a lock that {@code store}'s executor may
     *     wait for
     */
    TopicConfigFeed(ClusterZnodes znodes, ConfigStore store, LogManager logs) {
        this.znodes = znodes;
        this.store = store;
        this.logs = logs;
    }

    /** The overrides for a log that is being opened. */
    Properties forNewLog(String topic) {
        Memo read = lastRead;
        if (read != null && read.topic.equals(topic) && read.holds()) {
            return read.overrides;
        }
        Memo failure = lastFailure;
        if (failure != null && failure.holds()) {
            missing.add(topic);
            return new Properties();
        }
        try {
            Properties overrides =
                    properties(znodes.config(EntityType.TOPICS, topic).get(READ_TIMEOUT_MS, TimeUnit.MILLISECONDS));
            lastRead = new Memo(topic, overrides, System.nanoTime());
            return overrides;
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The configuration of topic {} cannot be read yet; its logs start with the defaults", topic, e);
            lastFailure = new Memo(topic, new Properties(), System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        missing.add(topic);
        return new Properties();
    }

    @Override
    public void changed(String entity) {
        if (entity.startsWith(TOPIC_ENTITY)) {
            apply(entity.substring(TOPIC_ENTITY.length()));
        }
    }

    /** Of the topics those that have open logs count. */
    @Override
    public void doubt() {
        logs.allLogs().forEach(log -> missing.add(log.topicPartition().topic()));
    }

    @Override
    public void retryMissing() {
        List.copyOf(missing).forEach(this::apply);
    }

    private void apply(String topic) {
        var unused = store.read(EntityType.TOPICS, topic).whenComplete((overrides, failure) -> {
            if (failure != null) {
                LOG.warn("The configuration of topic {} cannot be read now: {}", topic, failure.toString());
                missing.add(topic);
                return;
            }
            missing.remove(topic);
            lastRead = null;
            try {
                logs.updateConfig(topic, properties(overrides));
                LOG.info("Topic {} is now configured with {}", topic, overrides);
            } catch (ConfigException impossible) {
                LOG.error("Topic {} has an impossible configuration; it keeps the one before", topic, impossible);
            }
        });
    }

    static Properties properties(Map<String, String> overrides) {
        Properties properties = new Properties();
        properties.putAll(overrides);
        return properties;
    }
}
