package io.regent.broker.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;

/** Which entities a DescribeClientQuotas asks for (KIP-546). Immutable. */
final class QuotaFilter {
    private static final Set<String> TYPES =
            Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID, ClientQuotaEntity.IP);

    private final Map<String, ComponentData> components = new HashMap<>();
    private final boolean strict;

    /** @throws InvalidRequestException for parts that are named twice or cannot be together */
    QuotaFilter(DescribeClientQuotasRequestData data) {
        this.strict = data.strict();
        for (ComponentData component : data.components()) {
            String type = component.entityType();
            if (type.isEmpty()) {
                throw new InvalidRequestException("Unexpected empty filter component entity type");
            }
            if (!TYPES.contains(type)) {
                throw new UnsupportedVersionException("Custom entity type '" + type + "' not supported");
            }
            if (components.put(type, component) != null) {
                throw new InvalidRequestException("Duplicate " + type + " filter component entity type");
            }
        }
        if (components.containsKey(ClientQuotaEntity.IP) && components.size() > 1) {
            throw new InvalidRequestException("Invalid entity filter component combination, IP filter component "
                    + "should not be used with user or clientId filter component.");
        }
    }

    /** Whether an entity is asked for; of a strict filter only those whose parts are all named. */
    boolean matches(Map<String, String> entity) {
        if (strict && !List.copyOf(entity.keySet()).stream().allMatch(components::containsKey)) {
            return false;
        }
        return components.values().stream().allMatch(component -> matches(component, entity));
    }

    private static boolean matches(ComponentData component, Map<String, String> entity) {
        if (!entity.containsKey(component.entityType())) {
            return false;
        }
        String name = entity.get(component.entityType());
        return switch (component.matchType()) {
            case DescribeClientQuotasRequest.MATCH_TYPE_EXACT ->
                component.match().equals(name);
            case DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT -> name == null;
            case DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED -> true;
            default -> throw new InvalidRequestException("Unexpected match type: " + component.matchType());
        };
    }
}
