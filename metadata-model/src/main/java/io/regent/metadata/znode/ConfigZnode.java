package io.regent.metadata.znode;

import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code /config/TYPE/NAME}: the configuration overrides of a topic, broker, client, user or IP address.
 *
 * <p>Names are as they stand in the path: percent-encoded where they hold special characters, {@link #DEFAULT_ENTITY} for
 * the default of a type, and {@code NAME/clients/CLIENT} for a client of a user.
 */
public final class ConfigZnode {

    /** The name that stands for all entities of a type that have no override of their own. */
    public static final String DEFAULT_ENTITY = "<default>";

    /** The parent of all types. */
    public static final String ROOT = "/config";

    private static final int FORMAT_VERSION = 1;

    private ConfigZnode() {}

    /** The kinds of things that can be configured. */
    public enum EntityType {
        TOPICS,
        BROKERS,
        CLIENTS,
        USERS,
        IPS;

        /** The parent of all entities of this type. */
        public String parent() {
            return switch (this) {
                case TOPICS -> ROOT + "/topics";
                case BROKERS -> ROOT + "/brokers";
                case CLIENTS -> ROOT + "/clients";
                case USERS -> ROOT + "/users";
                case IPS -> ROOT + "/ips";
            };
        }
    }

    public static String path(EntityType type, String name) {
        return type.parent() + "/" + name;
    }

    public static String topicPath(String topic) {
        return path(EntityType.TOPICS, topic);
    }

    /** Written by key, so that equal configurations give equal bytes. */
    public static byte[] encode(Map<String, String> config) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            Fields.write(json, "config", config);
        });
    }

    /** Reads a configuration; a znode without data, such as that of a user who only has clients, means no overrides. */
    public static SortedMap<String, String> decode(String path, byte[] data) throws BadZnodeException {
        if (data == null || data.length == 0) {
            return new TreeMap<>();
        }
        return Json.read(path, data, json -> config(new Fields(path, json)));
    }

    private static SortedMap<String, String> config(Fields fields) throws IOException, BadZnodeException {
        SortedMap<String, String> config = new TreeMap<>();
        while (fields.next()) {
            if (fields.name().equals("config")) {
                config.putAll(fields.texts());
            } else {
                fields.skip();
            }
        }
        return config;
    }
}
