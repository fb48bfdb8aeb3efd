package io.regent.metadata.znode;

import io.regent.metadata.znode.AclZnode.PatternType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code /kafka-acl-changes/acl_changes_NNNNNNNNNN} and {@code /kafka-acl-extended-changes/acl_changes_NNNNNNNNNN},
 * sequential: tell brokers whose access control entries to read again. The first hold {@code TYPE:NAME}, the others JSON.
 */
public final class AclChangeZnode {

    /** The parent of the notifications for literal names. */
    public static final String LITERAL_PARENT = "/kafka-acl-changes";

    /** The parent of the notifications for all other patterns. */
    public static final String EXTENDED_PARENT = "/kafka-acl-extended-changes";

    private static final String SEQUENCE_PREFIX = "/acl_changes_";
    private static final int FORMAT_VERSION = 1;

    private AclChangeZnode() {}

    /**
     * The resource whose entries changed.
     *
     * @param resourceType as Kafka's enum constants, such as {@code TRANSACTIONAL_ID}
     */
    public record Content(PatternType patternType, String resourceType, String name) {}

    /** What is created; ZooKeeper appends the sequence number. */
    public static String sequencePath(PatternType patternType) {
        return (patternType == PatternType.LITERAL ? LITERAL_PARENT : EXTENDED_PARENT) + SEQUENCE_PREFIX;
    }

    public static byte[] encode(Content change) {
        if (change.patternType() == PatternType.LITERAL) {
            return (change.resourceType() + ":" + change.name()).getBytes(StandardCharsets.UTF_8);
        }
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeStringField("resourceType", change.resourceType());
            json.writeStringField("name", change.name());
            json.writeStringField("patternType", change.patternType().name());
        });
    }

    public static Content decode(String path, byte[] data) throws BadZnodeException {
        if (!path.startsWith(EXTENDED_PARENT + "/")) {
            String text = Json.text(path, data);
            int colon = text.indexOf(':');
            if (colon <= 0) {
                throw new BadZnodeException(path, "'" + text + "' is not TYPE:NAME");
            }
            return new Content(PatternType.LITERAL, text.substring(0, colon), text.substring(colon + 1));
        }
        return Json.read(path, data, json -> extended(new Fields(path, json)));
    }

    private static Content extended(Fields fields) throws IOException, BadZnodeException {
        String resourceType = null;
        String name = null;
        Optional<PatternType> patternType = Optional.empty();
        while (fields.next()) {
            switch (fields.name()) {
                case "resourceType" -> resourceType = fields.text();
                case "name" -> name = fields.text();
                case "patternType" -> patternType = Optional.of(patternType(fields));
                default -> fields.skip();
            }
        }
        if (resourceType == null) {
            throw fields.missing("resourceType");
        }
        if (name == null) {
            throw fields.missing("name");
        }
        return new Content(patternType.orElseThrow(() -> fields.missing("patternType")), resourceType, name);
    }

    private static PatternType patternType(Fields fields) throws IOException, BadZnodeException {
        String text = fields.text();
        if (text.equals(PatternType.PREFIXED.name())) {
            return PatternType.PREFIXED;
        }
        throw fields.bad("is '" + text + "' instead of PREFIXED");
    }
}
