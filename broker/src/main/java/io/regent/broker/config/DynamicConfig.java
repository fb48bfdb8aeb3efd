package io.regent.broker.config;

import io.regent.broker.BrokerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.server.config.ReplicationConfigs;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's configuration while it runs: judges proposed changes, lays stored ones over server.properties and tells
 * the parts concerned.
 *
 * <p>Any thread may read it and have changes judged; {@link #become} is called by one thread at a time. It never reads
 * where changes are stored.
 */
public final class DynamicConfig {
    private static final Logger LOG = LoggerFactory.getLogger(DynamicConfig.class);

    /** Sizes of thread pools, which go up or down by a factor of two at a time, as in Kafka. */
    private static final Set<String> THREADS = Set.of(
            ServerConfigs.NUM_IO_THREADS_CONFIG,
            ServerConfigs.BACKGROUND_THREADS_CONFIG,
            ReplicationConfigs.NUM_REPLICA_FETCHERS_CONFIG,
            ServerLogConfigs.NUM_RECOVERY_THREADS_PER_DATA_DIR_CONFIG,
            CleanerConfig.LOG_CLEANER_THREADS_PROP);

    /** A part of the broker that follows its configuration. */
    @FunctionalInterface
    public interface Listener {
        /** Takes in the configuration as it is from now on; called when anything changed, and quick. */
        void configured(ConfigLayers now);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile ConfigLayers layers;

    public DynamicConfig(BrokerConfig fixed) {
        this.layers = new ConfigLayers(fixed, Map.of(), Map.of(), fixed);
    }

    public ConfigLayers layers() {
        return layers;
    }

    /** Tells a part the configuration now, and whenever it changes. */
    public void follow(Listener listener) {
        synchronized (this) {
            listeners.add(listener);
            listener.configured(layers);
        }
    }

    /**
     * Judges what is to be set at run time for this broker, or for all.
     *
     * @param stored what is set now, and need not be judged again
     * @throws InvalidRequestException (as Kafka answers) naming the key that cannot be altered or the value that cannot be
     */
    public void check(Map<String, String> stored, Map<String, String> proposed, boolean perBroker) {
        proposed.forEach((key, value) -> {
            if (!value.equals(stored.get(key))) {
                checkOne(key, value, perBroker);
            }
        });
        ConfigLayers now = layers;
        Map<String, String> sound = usable(proposed, perBroker, false);
        try {
            BrokerConfig next =
                    effective(now.fixed(), perBroker ? now.ofCluster() : sound, perBroker ? sound : now.ofBroker());
            checkThreads(now.effective(), next);
        } catch (ConfigException impossible) {
            throw new InvalidRequestException(impossible.getMessage());
        }
    }

    private static void checkOne(String key, String value, boolean perBroker) {
        DynamicKeys.refusal(key, perBroker).ifPresent(why -> {
            throw new InvalidRequestException(why);
        });
        try {
            DynamicKeys.checkValue(key, value);
        } catch (ConfigException bad) {
            throw new InvalidRequestException(bad.getMessage());
        }
    }

    private static void checkThreads(BrokerConfig now, BrokerConfig next) {
        for (String key : THREADS) {
            int before = now.getInt(key);
            int after = next.getInt(key);
            if (after == before) {
                continue;
            }
            String failed =
                    "Dynamic thread count update validation failed for " + key + "=" + after + ", value should ";
            if (after <= 0) {
                throw new ConfigException(failed + "be at least 1");
            }
            if (after < before / 2) {
                throw new ConfigException(failed + "be at least half the current value " + before);
            }
            if (after > before * 2) {
                throw new ConfigException(failed + "not be greater than double the current value " + before);
            }
        }
    }

    /**
     * Takes in what is stored. Entries that cannot be applied are named in the log and left out; if the whole cannot be,
     * the configuration stays as it was.
     */
    public synchronized void become(Map<String, String> ofCluster, Map<String, String> ofBroker) {
        ConfigLayers before = layers;
        Map<String, String> cluster = usable(ofCluster, false, true);
        Map<String, String> broker = usable(ofBroker, true, true);
        if (cluster.equals(before.ofCluster()) && broker.equals(before.ofBroker())) {
            return;
        }
        try {
            layers = new ConfigLayers(before.fixed(), cluster, broker, effective(before.fixed(), cluster, broker));
        } catch (ConfigException impossible) {
            LOG.error("The stored configuration {} {} is not applied: {}", cluster, broker, impossible.getMessage());
            return;
        }
        LOG.info("Brokers are configured with {}, this one with {}", new TreeMap<>(cluster), new TreeMap<>(broker));
        for (Listener listener : listeners) {
            try {
                listener.configured(layers);
            } catch (RuntimeException e) {
                LOG.error("A part of the broker did not take its configuration", e);
            }
        }
    }

    private static Map<String, String> usable(Map<String, String> stored, boolean perBroker, boolean report) {
        Map<String, String> usable = new HashMap<>();
        stored.forEach((key, value) -> {
            try {
                checkOne(key, value, perBroker);
                usable.put(key, value);
            } catch (InvalidRequestException useless) {
                if (report) {
                    LOG.warn("Stored configuration {} has no effect on this broker: {}", key, useless.getMessage());
                }
            }
        });
        return usable;
    }

    /** Of the keys with several units only that which beats the others can be set at run time. */
    private static BrokerConfig effective(
            BrokerConfig fixed, Map<String, String> ofCluster, Map<String, String> ofBroker) {
        Map<String, String> over = new HashMap<>(ofCluster);
        over.putAll(ofBroker);
        over.keySet().retainAll(BrokerConfig.definitions().keySet());
        return over.isEmpty() ? fixed : fixed.with(over);
    }
}
