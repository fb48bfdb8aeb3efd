package io.regent.broker.api;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.network.Request;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.apache.kafka.common.requests.AlterClientQuotasResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;
import org.apache.kafka.server.config.QuotaConfigs;

/**
 * Answers DescribeClientQuotas and AlterClientQuotas (KIP-546), for users, client ids and addresses.
 *
 * <p>Any request thread may call it; each entity is altered, and answered, for itself.
 */
final class ClientQuotasHandler {
    private static final List<EntityType> TYPES = List.of(EntityType.USERS, EntityType.CLIENTS, EntityType.IPS);
    /** How far a value may be from a whole number and still mean it, as in Kafka. */
    private static final double EPSILON = 1e-6;

    private final ConfigStore store;

    ClientQuotasHandler(ConfigStore store) {
        this.store = store;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.DESCRIBE_CLIENT_QUOTAS, this::describe)
                .register(ApiKeys.ALTER_CLIENT_QUOTAS, this::alter);
    }

    private void describe(Request request) {
        QuotaFilter filter =
                new QuotaFilter(request.body(DescribeClientQuotasRequest.class).data());
        List<CompletableFuture<SortedMap<String, Map<String, String>>>> reads =
                TYPES.stream().map(store::all).toList();
        Answers.when(CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)), request, done -> {
            List<DescribeClientQuotasResponseData.EntryData> entries = new ArrayList<>();
            for (int i = 0; i < TYPES.size(); i++) {
                EntityType type = TYPES.get(i);
                reads.get(i).join().forEach((name, config) -> {
                    QuotaNames.Stored stored = new QuotaNames.Stored(type, name);
                    Map<String, Double> quotas = quotas(stored.definitions(), config);
                    if (!quotas.isEmpty() && filter.matches(stored.entity())) {
                        entries.add(entry(stored.entity(), quotas));
                    }
                });
            }
            return new DescribeClientQuotasResponse(new DescribeClientQuotasResponseData().setEntries(entries));
        });
    }

    /** The quotas among an entity's configuration; a user has credentials there too. */
    private static Map<String, Double> quotas(ConfigDef definitions, Map<String, String> config) {
        Map<String, Double> quotas = new TreeMap<>();
        config.forEach((key, value) -> {
            if (definitions.names().contains(key)) {
                quotas.put(key, Double.valueOf(value));
            }
        });
        return quotas;
    }

    private static DescribeClientQuotasResponseData.EntryData entry(
            Map<String, String> entity, Map<String, Double> quotas) {
        DescribeClientQuotasResponseData.EntryData entry = new DescribeClientQuotasResponseData.EntryData();
        entity.forEach((type, name) -> entry.entity()
                .add(new DescribeClientQuotasResponseData.EntityData()
                        .setEntityType(type)
                        .setEntityName(name)));
        quotas.forEach((key, value) -> entry.values()
                .add(new DescribeClientQuotasResponseData.ValueData()
                        .setKey(key)
                        .setValue(value)));
        return entry;
    }

    private record Altered(AlterClientQuotasRequestData.EntryData asked, CompletableFuture<ApiError> outcome) {}

    private void alter(Request request) {
        AlterClientQuotasRequestData data =
                request.body(AlterClientQuotasRequest.class).data();
        List<Altered> altered = data.entries().stream()
                .map(entry -> new Altered(
                        entry, Answers.outcome(() -> alter(entry, data.validateOnly()), ApiError::fromThrowable)))
                .toList();
        Answers.when(
                CompletableFuture.allOf(altered.stream().map(Altered::outcome).toArray(CompletableFuture[]::new)),
                request,
                done -> new AlterClientQuotasResponse(new AlterClientQuotasResponseData()
                        .setEntries(altered.stream()
                                .map(ClientQuotasHandler::answer)
                                .toList())));
    }

    private CompletableFuture<?> alter(AlterClientQuotasRequestData.EntryData entry, boolean validateOnly) {
        Map<String, String> entity = new HashMap<>();
        entry.entity().forEach(part -> entity.put(part.entityType(), part.entityName()));
        QuotaNames.Stored stored = QuotaNames.stored(entity);
        String address = entity.get(ClientQuotaEntity.IP);
        if (address != null) {
            requireResolvable(address);
        }
        Map<String, String> changes = new TreeMap<>();
        entry.ops().forEach(op -> changes.put(op.key(), op.remove() ? null : value(stored.definitions(), op)));
        if (validateOnly) {
            return CompletableFuture.completedFuture(null);
        }
        return store.change(stored.type(), stored.name(), before -> {
            Map<String, String> after = new TreeMap<>(before);
            changes.forEach((key, value) -> {
                if (value == null) {
                    after.remove(key);
                } else {
                    after.put(key, value);
                }
            });
            return after;
        });
    }

    private static void requireResolvable(String address) {
        try {
            var unused = InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new InvalidRequestException(address + " is not a valid IP or resolvable host.");
        }
    }

    private static String value(ConfigDef definitions, OpData op) {
        ConfigDef.ConfigKey key = definitions.configKeys().get(op.key());
        if (key == null) {
            throw new InvalidRequestException("Invalid configuration key " + op.key());
        }
        if (op.key().equals(QuotaConfigs.CONTROLLER_MUTATION_RATE_OVERRIDE_CONFIG)) {
            throw new InvalidRequestException(op.key() + " is not applied by Regent brokers, so it cannot be set here");
        }
        String value = String.valueOf(op.value());
        if (key.type != ConfigDef.Type.DOUBLE) {
            long whole = (long) (op.value() + EPSILON);
            if (Math.abs(whole - op.value()) > EPSILON) {
                throw new InvalidRequestException("Configuration " + op.key() + " must be a " + key.type + " value");
            }
            value = Long.toString(whole);
        }
        try {
            Object parsed = ConfigDef.parseType(op.key(), value, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(op.key(), parsed);
            }
        } catch (ConfigException impossible) {
            throw new InvalidRequestException(impossible.getMessage());
        }
        return value;
    }

    private static AlterClientQuotasResponseData.EntryData answer(Altered altered) {
        ApiError outcome = altered.outcome.join();
        return new AlterClientQuotasResponseData.EntryData()
                .setEntity(altered.asked.entity().stream()
                        .map(part -> new AlterClientQuotasResponseData.EntityData()
                                .setEntityType(part.entityType())
                                .setEntityName(part.entityName()))
                        .toList())
                .setErrorCode(outcome.error().code())
                .setErrorMessage(outcome.message());
    }
}
