package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import io.regent.metadata.FinalizedFeatures;
import io.regent.metadata.FinalizedFeatures.Levels;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /feature}: the finalized features of the cluster (KIP-584). */
public final class FeatureZnode {

    public static final String PATH = "/feature";

    private FeatureZnode() {}

    public static byte[] encode(FinalizedFeatures features) {
        return Json.object(json -> {
            json.writeObjectFieldStart("features");
            for (Map.Entry<String, Levels> feature : features.levels().entrySet()) {
                write(json, features.format(), feature);
            }
            json.writeEndObject();
            json.writeNumberField("version", features.format());
            json.writeNumberField("status", features.enabled() ? 1 : 0);
        });
    }

    private static void write(JsonGenerator json, int version, Map.Entry<String, Levels> feature) throws IOException {
        json.writeObjectFieldStart(feature.getKey());
        json.writeNumberField("max_version_level", feature.getValue().max());
        if (version == FinalizedFeatures.FIRST_FORMAT) {
            json.writeNumberField("min_version_level", feature.getValue().min());
        }
        json.writeEndObject();
    }

    public static FinalizedFeatures decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> features(new Fields(PATH, json)));
    }

    private static FinalizedFeatures features(Fields fields) throws IOException, BadZnodeException {
        int version = 0;
        int status = -1;
        SortedMap<String, Levels> levels = new TreeMap<>();
        while (fields.next()) {
            switch (fields.name()) {
                case "version" ->
                    version = Math.toIntExact(
                            fields.number(FinalizedFeatures.FIRST_FORMAT, FinalizedFeatures.CURRENT_FORMAT));
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
        return new FinalizedFeatures(version, status == 1, levels);
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
