package io.regent.metadata.znode;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * {@code /kafka-acl/TYPE/NAME} for literal names and {@code /kafka-acl-extended/prefixed/TYPE/NAME} for prefixes: the
 * access control entries of a resource.
 */
public final class AclZnode {

    private static final int FORMAT_VERSION = 1;

    private AclZnode() {}

    /** How a resource's name is matched. */
    public enum PatternType {
        LITERAL,
        PREFIXED;

        /** The parent of the resource types. */
        public String parent() {
            return switch (this) {
                case LITERAL -> "/kafka-acl";
                case PREFIXED -> "/kafka-acl-extended/" + name().toLowerCase(Locale.ROOT);
            };
        }
    }

    /** One access control entry, in the words of the znode: {@code Allow}, {@code IdempotentWrite}. */
    public record Entry(String principal, String permissionType, String host, String operation) {}

    /**
     * The znode of a resource.
     *
     * @param resourceType as it stands in paths, such as {@code Topic} or {@code TransactionalId}
     */
    public static String path(PatternType patternType, String resourceType, String name) {
        return patternType.parent() + "/" + resourceType + "/" + name;
    }

    public static byte[] encode(List<Entry> entries) {
        return Json.object(json -> {
            json.writeArrayFieldStart("acls");
            for (Entry entry : entries) {
                json.writeStartObject();
                json.writeStringField("principal", entry.principal());
                json.writeStringField("permissionType", entry.permissionType());
                json.writeStringField("host", entry.host());
                json.writeStringField("operation", entry.operation());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("version", FORMAT_VERSION);
        });
    }

    public static List<Entry> decode(String path, byte[] data) throws BadZnodeException {
        return Json.read(path, data, json -> entries(path, new Fields(path, json)));
    }

    private static List<Entry> entries(String path, Fields fields) throws IOException, BadZnodeException {
        List<Entry> entries = null;
        while (fields.next()) {
            if (fields.name().equals("acls")) {
                entries = fields.list(() -> entry(path, fields.object()));
            } else {
                fields.skip();
            }
        }
        if (entries == null) {
            throw fields.missing("acls");
        }
        return entries;
    }

    private static Entry entry(String path, Fields fields) throws IOException, BadZnodeException {
        String principal = null;
        String permissionType = null;
        String host = null;
        String operation = null;
        while (fields.next()) {
            switch (fields.name()) {
                case "principal" -> principal = fields.text();
                case "permissionType" -> permissionType = fields.text();
                case "host" -> host = fields.text();
                case "operation" -> operation = fields.text();
                default -> fields.skip();
            }
        }
        if (principal == null || permissionType == null || host == null || operation == null) {
            throw new BadZnodeException(
                    path, "an element of 'acls' lacks principal, permissionType, host or operation");
        }
        return new Entry(principal, permissionType, host, operation);
    }
}
