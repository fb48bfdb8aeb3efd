package io.regent.broker.api;

import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.utils.Sanitizer;
import org.apache.kafka.server.config.QuotaConfigs;

/** Between the entities that clients name in quota requests and those that configuration is kept under. Pure functions. */
final class QuotaNames {
    private static final String CLIENTS = "/clients/";

    private QuotaNames() {}

    /** What configuration of an entity is kept under. */
    record Stored(EntityType type, String name) {
        /** The quotas that such an entity can have. */
        ConfigDef definitions() {
            return type == EntityType.IPS ? QuotaConfigs.ipConfigs() : QuotaConfigs.userAndClientQuotaConfigs();
        }

        /** The entity as clients name it, by type of its parts; a null name is the default. */
        Map<String, String> entity() {
            Map<String, String> entity = new TreeMap<>();
            switch (type) {
                case USERS -> {
                    int clientsAt = name.indexOf(CLIENTS);
                    entity.put(ClientQuotaEntity.USER, read(clientsAt < 0 ? name : name.substring(0, clientsAt)));
                    if (clientsAt >= 0) {
                        entity.put(ClientQuotaEntity.CLIENT_ID, read(name.substring(clientsAt + CLIENTS.length())));
                    }
                }
                case CLIENTS -> entity.put(ClientQuotaEntity.CLIENT_ID, read(name));
                case IPS -> entity.put(ClientQuotaEntity.IP, read(name));
                default -> throw new IllegalArgumentException("no quotas are kept for " + type);
            }
            return entity;
        }
    }

    /**
     * Where the quotas of an entity are kept.
     *
     * @param entity type and name of its parts; a null name is the default
     * @throws InvalidRequestException for an entity that cannot have quotas
     */
    static Stored stored(Map<String, String> entity) {
        if (entity.isEmpty()) {
            throw new InvalidRequestException("Invalid empty client quota entity");
        }
        Map<String, String> parts = new HashMap<>(entity);
        parts.forEach((type, name) -> {
            if (name != null && name.isEmpty()) {
                throw new InvalidRequestException("Empty " + type + " not supported");
            }
        });
        Optional<String> user = take(parts, ClientQuotaEntity.USER);
        Optional<String> clientId = take(parts, ClientQuotaEntity.CLIENT_ID);
        Optional<String> ip = take(parts, ClientQuotaEntity.IP);
        if (!parts.isEmpty()) {
            throw new InvalidRequestException("Unhandled client quota entity type: "
                    + parts.keySet().iterator().next());
        }
        if (ip.isPresent()) {
            if (user.isPresent() || clientId.isPresent()) {
                throw new InvalidRequestException("Invalid quota entity combination, "
                        + "IP entity should not be used with user/client ID entity.");
            }
            return new Stored(EntityType.IPS, ip.get());
        }
        return user.map(name -> new Stored(
                        EntityType.USERS,
                        name + clientId.map(id -> CLIENTS + id).orElse("")))
                .orElseGet(() -> new Stored(EntityType.CLIENTS, clientId.orElseThrow()));
    }

    private static Optional<String> take(Map<String, String> parts, String type) {
        if (!parts.containsKey(type)) {
            return Optional.empty();
        }
        String name = parts.remove(type);
        return Optional.of(name == null ? ConfigZnode.DEFAULT_ENTITY : Sanitizer.sanitize(name));
    }

    private static String read(String sanitized) {
        return sanitized.equals(ConfigZnode.DEFAULT_ENTITY) ? null : Sanitizer.desanitize(sanitized);
    }
}
