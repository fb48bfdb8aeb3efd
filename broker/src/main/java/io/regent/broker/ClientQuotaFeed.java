package io.regent.broker;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.quota.ClientQuotas;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.server.config.QuotaConfigs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the quotas of users, client ids and addresses from ZooKeeper to those who enforce them: all at start, then each
 * that changes.
 */
final class ClientQuotaFeed implements ConfigFeed {
    private static final Logger LOG = LoggerFactory.getLogger(ClientQuotaFeed.class);
    private static final List<EntityType> TYPES = List.of(EntityType.USERS, EntityType.CLIENTS, EntityType.IPS);

    private record Entity(EntityType type, String name) {}

    private final ConfigStore store;
    private final ClientQuotas quotas;
    /** Those that have quotas; as many as ZooKeeper holds. */
    private final Set<Entity> known = ConcurrentHashMap.newKeySet();

    /** Those that have changed since all of their type were last asked for: what is found of them there may be older. */
    private final Set<Entity> changed = ConcurrentHashMap.newKeySet();

    private final Set<EntityType> missingTypes = ConcurrentHashMap.newKeySet();
    private final Set<Entity> missing = ConcurrentHashMap.newKeySet();

    ClientQuotaFeed(ConfigStore store, ClientQuotas quotas) {
        this.store = store;
        this.quotas = quotas;
    }

    /** Reads what is set. */
    void start() {
        TYPES.forEach(this::readAll);
    }

    @Override
    public void changed(String entity) {
        for (EntityType type : TYPES) {
            String prefix = type.parent().substring(ConfigZnode.ROOT.length() + 1) + "/";
            if (entity.startsWith(prefix)) {
                read(new Entity(type, entity.substring(prefix.length())));
            }
        }
    }

    @Override
    public void doubt() {
        missingTypes.addAll(TYPES);
    }

    @Override
    public void retryMissing() {
        List.copyOf(missingTypes).forEach(this::readAll);
        List.copyOf(missing).forEach(this::read);
    }

    private void readAll(EntityType type) {
        changed.removeIf(entity -> entity.type == type);
        var unused = store.all(type).whenComplete((all, failure) -> {
            if (failure != null) {
                LOG.warn("The quotas in {} cannot be read now: {}", type.parent(), failure.toString());
                missingTypes.add(type);
                return;
            }
            missingTypes.remove(type);
            Set<Entity> either = new HashSet<>(known);
            either.removeIf(entity -> entity.type != type);
            all.keySet().forEach(name -> either.add(new Entity(type, name)));
            either.removeAll(changed);
            either.forEach(entity -> apply(entity, all.getOrDefault(entity.name, Map.of())));
        });
    }

    private void read(Entity entity) {
        changed.add(entity);
        var unused = store.read(entity.type, entity.name).whenComplete((config, failure) -> {
            if (failure != null) {
                LOG.warn("The quotas of {} {} cannot be read now: {}", entity.type, entity.name, failure.toString());
                missing.add(entity);
                return;
            }
            missing.remove(entity);
            apply(entity, config);
        });
    }

    private void apply(Entity entity, Map<String, String> config) {
        if (config.isEmpty()) {
            known.remove(entity);
        } else {
            known.add(entity);
        }
        try {
            switch (entity.type) {
                case USERS -> quotas.setUser(entity.name, sound(QuotaConfigs.userAndClientQuotaConfigs(), config));
                case CLIENTS -> quotas.setClient(entity.name, sound(QuotaConfigs.userAndClientQuotaConfigs(), config));
                case IPS -> applyAddress(entity.name, sound(QuotaConfigs.ipConfigs(), config));
                default -> throw new IllegalArgumentException("no quotas are set for " + entity.type);
            }
        } catch (ConfigException | UnknownHostException bad) {
            LOG.error("The quotas of {} {} are not applied: {}", entity.type, entity.name, bad.getMessage());
        }
    }

    /** The quotas among the configuration: of a user it has credentials too. */
    private static Map<String, String> sound(ConfigDef definitions, Map<String, String> config) {
        Map<String, String> quotas = new ConcurrentHashMap<>(config);
        quotas.keySet().retainAll(definitions.names());
        definitions.parse(quotas);
        return quotas;
    }

    private void applyAddress(String name, Map<String, String> config) throws UnknownHostException {
        Optional<InetAddress> address =
                name.equals(ConfigZnode.DEFAULT_ENTITY) ? Optional.empty() : Optional.of(InetAddress.getByName(name));
        String rate = config.get(QuotaConfigs.IP_CONNECTION_RATE_OVERRIDE_CONFIG);
        quotas.setAddress(address, rate == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(rate)));
    }
}
