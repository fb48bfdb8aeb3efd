package io.regent.cli.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.regent.cli.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Writes all figures for a program to read; each as it was measured, in the unit that its name ends with.
 *
 * <p>Stateless; any thread.
 */
final class BenchJson {
    private static final double NANOS_PER_MS = 1e6;

    private BenchJson() {}

    static JsonText of(BenchSettings settings, List<String> facts, List<Trial.Result> results) {
        return json -> {
            json.writeStartObject();
            json.writeNumberField("partitions", settings.partitions());
            json.writeNumberField("partitionsPerTopic", settings.partitionsPerTopic());
            json.writeNumberField("brokers", settings.brokers());
            json.writeNumberField("rounds", settings.rounds());
            json.writeNumberField("created", settings.created());
            json.writeNumberField("standbyMs", settings.standbyMs());
            json.writeStringField("heap", settings.heap().orElse("default"));
            json.writeArrayFieldStart("facts");
            for (String fact : facts) {
                json.writeString(fact);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("contestants");
            for (Trial.Result result : results) {
                contestant(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        };
    }

    private static void contestant(JsonGenerator json, Trial.Result result) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", result.name());
        json.writeObjectFieldStart("figures");
        for (Figure figure : Figure.values()) {
            json.writeArrayFieldStart(name(figure));
            for (double value : result.samples().of(figure)) {
                json.writeNumber(value);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("zooKeeperAlone");
        json.writeNumberField("multiReadsMs", result.floor().multiReads() / NANOS_PER_MS);
        json.writeNumberField("singleReadsMs", result.floor().singleReads() / NANOS_PER_MS);
        json.writeNumberField("multiWritesMs", result.floor().multiWrites() / NANOS_PER_MS);
        json.writeEndObject();
        processorTimes(json, result.processorTimes());
        json.writeObjectFieldStart("verification");
        json.writeNumberField("checked", result.verification().checked());
        json.writeNumberField("wrong", result.verification().wrong());
        json.writeStringField("firstWrong", result.verification().firstWrong());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void processorTimes(JsonGenerator json, Map<String, CpuMeter.Used> times) throws IOException {
        json.writeObjectFieldStart("processorTimes");
        for (Map.Entry<String, CpuMeter.Used> time : times.entrySet()) {
            json.writeObjectFieldStart(time.getKey());
            json.writeNumberField("controllerMs", time.getValue().controllerMs());
            json.writeNumberField("zooKeeperMs", time.getValue().zooKeeperMs());
            json.writeNumberField("harnessMs", time.getValue().harnessMs());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** {@code COLD_TOLD} becomes {@code coldToldMs}. */
    static String name(Figure figure) {
        StringBuilder name = new StringBuilder();
        boolean upper = false;
        for (char letter : figure.name().toCharArray()) {
            if (letter == '_') {
                upper = true;
            } else {
                name.append(upper ? letter : Character.toLowerCase(letter));
                upper = false;
            }
        }
        return name.append(
                        switch (figure.unit()) {
                            case MS -> "Ms";
                            case MB -> "Mb";
                            case COUNT -> "Count";
                        })
                .toString();
    }
}
