package io.regent.broker.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/**
 * The operations of one resource in an IncrementalAlterConfigs (KIP-339), as a function from the overrides before to
 * those after. Immutable; applying it twice comes to the same as applying it once.
 */
record ConfigChange(List<Op> ops) {
    /**
     * One operation.
     *
     * @param value null only of a deletion
     */
    record Op(String key, byte type, String value) {}

    /** @throws InvalidRequestException for an unknown operation, a key named twice, or a value that is missing */
    ConfigChange {
        ops = List.copyOf(ops);
        requireDistinct(ops.stream().map(Op::key).toList());
        List<String> withoutValue = new ArrayList<>();
        for (Op op : ops) {
            if (op.type < 0 || op.type >= OpType.values().length) {
                throw new InvalidRequestException("Unknown operations type " + op.type + " for config key " + op.key);
            }
            if (op.value == null && op.type != OpType.DELETE.id()) {
                withoutValue.add(op.key);
            }
        }
        requireValues(withoutValue);
    }

    static void requireDistinct(List<String> keys) {
        Set<String> seen = new LinkedHashSet<>();
        List<String> twice = keys.stream().filter(key -> !seen.add(key)).toList();
        if (!twice.isEmpty()) {
            throw new InvalidRequestException("Error due to duplicate config keys: " + String.join(", ", twice));
        }
    }

    static void requireValues(List<String> keysWithoutValue) {
        if (!keysWithoutValue.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(", ", keysWithoutValue));
        }
    }

    /**
     * The overrides after this change.
     *
     * @param definitions what is known of a key; values are not checked here
     * @throws InvalidConfigurationException when an element is added to, or taken from, what is no list
     */
    Map<String, String> apply(Map<String, String> before, Function<String, Optional<ConfigKey>> definitions) {
        Map<String, String> after = new TreeMap<>(before);
        for (Op op : ops) {
            switch (OpType.forId(op.type)) {
                case SET -> after.put(op.key, op.value);
                case DELETE -> after.remove(op.key);
                case APPEND -> {
                    List<String> elements = elements(after, op, definitions, "append");
                    split(op.value).stream()
                            .filter(added -> !elements.contains(added))
                            .forEach(elements::add);
                    after.put(op.key, String.join(",", elements));
                }
                case SUBTRACT -> {
                    List<String> elements = elements(after, op, definitions, "subtract");
                    elements.removeAll(split(op.value));
                    after.put(op.key, String.join(",", elements));
                }
            }
        }
        return after;
    }

    /** What the list holds now: its own value, else its default. */
    private static List<String> elements(
            Map<String, String> overrides, Op op, Function<String, Optional<ConfigKey>> definitions, String verb) {
        ConfigKey key = definitions
                .apply(op.key)
                .orElseThrow(() -> new InvalidConfigurationException("Unknown config name: " + op.key));
        if (key.type != ConfigDef.Type.LIST) {
            throw new InvalidConfigurationException(
                    "Config value " + verb + " is not allowed for config key: " + op.key);
        }
        String now = overrides.get(op.key);
        return new ArrayList<>(split(now != null ? now : ConfigDef.convertToString(key.defaultValue, key.type)));
    }

    private static List<String> split(String list) {
        return list == null || list.isEmpty() ? List.of() : List.of(list.split(","));
    }
}
