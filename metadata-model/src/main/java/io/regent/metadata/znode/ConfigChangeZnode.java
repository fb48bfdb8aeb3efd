package io.regent.metadata.znode;

import java.io.IOException;

/** {@code /config/changes/config_change_NNNNNNNNNN}, sequential: tells brokers whose configuration to read again. */
public final class ConfigChangeZnode {

    /** The parent of all notifications. */
    public static final String PARENT = "/config/changes";

    /** What is created; ZooKeeper appends the sequence number. */
    public static final String SEQUENCE_PATH = PARENT + "/config_change_";

    private static final int FORMAT_VERSION = 2;

    private ConfigChangeZnode() {}

    /** A notification of {@code TYPE/NAME}, such as {@code users/alice}. */
    public static byte[] encode(String entityPath) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeStringField("entity_path", entityPath);
        });
    }

    /** The entity that a notification names, as {@code TYPE/NAME}; version 1 had type and name apart. */
    public static String decode(String path, byte[] data) throws BadZnodeException {
        return Json.read(path, data, json -> entityPath(new Fields(path, json)));
    }

    private static String entityPath(Fields fields) throws IOException, BadZnodeException {
        String entityPath = "";
        String type = "";
        String name = "";
        while (fields.next()) {
            switch (fields.name()) {
                case "entity_path" -> entityPath = fields.text();
                case "entity_type" -> type = fields.text();
                case "entity_name" -> name = fields.text();
                default -> fields.skip();
            }
        }
        if (!entityPath.isEmpty()) {
            return entityPath;
        }
        if (type.isEmpty() || name.isEmpty()) {
            throw fields.missing("entity_path");
        }
        return type + "/" + name;
    }
}
