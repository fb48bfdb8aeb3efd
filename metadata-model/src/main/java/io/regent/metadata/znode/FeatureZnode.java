package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /feature}: the finalized features of the cluster (KIP-584). */
public final class FeatureZnode {

    public static final String PATH = "/feature";

    /** The version that brokers of Kafka 3.3 and later write; 1 had a lowest level per feature as well. */
    public static final int CURRENT_VERSION = 2;

    private static final int FIRST_VERSION = 1;

    private FeatureZnode() {}

    /**
     * What the znode holds.
     *
     * @param version the format's version, 1 or 2
     * @param enabled whether feature versioning is in use
     * @param levels the finalized levels, by feature
     */
    public record Content(int version, boolean enabled, SortedMap<String, Levels> levels) {}

    /** A feature's finalized levels; the lowest is written in version 1 only. */
    public record Levels(int min, int max) {}

    public static byte[] encode(Content content) {
        return Json.object(json -> {
            json.writeObjectFieldStart("features");
            for (Map.Entry<String, Levels> feature : content.levels().entrySet()) {
                write(json, content.version(), feature);
            }
            json.writeEndObject();
            json.writeNumberField("version", content.version());
            json.writeNumberField("status", content.enabled() ? 1 : 0);
        });
    }

    private static void write(JsonGenerator json, int version, Map.Entry<String, Levels> feature) throws IOException {
        json.writeObjectFieldStart(feature.getKey());
        json.writeNumberField("max_version_level", feature.getValue().max());
        if (version == FIRST_VERSION) {
            json.writeNumberField("min_version_level", feature.getValue().min());
        }
        json.writeEndObject();
    }

    public static Content decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> content(new Fields(PATH, json)));
    }

    private static Content content(Fields fields) throws IOException, BadZnodeException {
        int version = 0;
        int status = -1;
        SortedMap<String, Levels> levels = new TreeMap<>();
        while (fields.next()) {
            switch (fields.name()) {
                case "version" -> version = Math.toIntExact(fields.number(FIRST_VERSION, CURRENT_VERSION));
                case "status" -> status = Math.toIntExact(fields.number(0, 1));
                case "features" -> readLevels(fields.object(), levels);
                default -> fields.skip();
            }
        }
        if (version == 0) {
            throw fields.missing("version");
        }
        if (status < 0) {
            throw fields.missing("status");
        }
        return new Content(version, status == 1, levels);
    }

    private static void readLevels(Fields features, SortedMap<String, Levels> levels)
            throws IOException, BadZnodeException {
        while (features.next()) {
            int min = 1;
            int max = -1;
            Fields level = features.object();
            while (level.next()) {
                switch (level.name()) {
                    case "min_version_level" -> min = level.integer(0);
                    case "max_version_level" -> max = level.integer(0);
                    default -> level.skip();
                }
            }
            if (max < min) {
                throw features.bad("has levels from " + min + " to " + max);
            }
            levels.put(features.name(), new Levels(min, max));
        }
    }
}
