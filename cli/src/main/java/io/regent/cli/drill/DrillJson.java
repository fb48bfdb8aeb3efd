package io.regent.cli.drill;

import com.fasterxml.jackson.core.JsonGenerator;
import io.regent.cli.JsonText;
import java.io.IOException;
import java.util.List;

/**
 * Writes a drill's figures for a program to read; times in milliseconds.
 *
 * <p>Stateless; any thread.
 */
final class DrillJson {
    private static final double NANOS_PER_MS = 1e6;

    private DrillJson() {}

    static JsonText of(DrillResult result) {
        return json -> drill(json, result);
    }

    /** Several drills, in an array of names and figures. */
    static JsonText of(List<FailoverResult> results) {
        return json -> {
            json.writeStartArray();
            for (FailoverResult result : results) {
                json.writeStartObject();
                json.writeStringField("name", result.name());
                json.writeFieldName("drill");
                drill(json, result.drill());
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    private static void drill(JsonGenerator json, DrillResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("cluster", result.cluster());
        workload(json, result.workload());
        json.writeNumberField("longestGapMs", result.longestGapNanos() / NANOS_PER_MS);
        json.writeNumberField("medianGapMs", result.medianGapNanos() / NANOS_PER_MS);
        gaps(json, result.longestGapsNanos());
        figures(json, result);
        json.writeArrayFieldStart("rounds");
        for (RoundResult round : result.rounds()) {
            round(json, round);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void workload(JsonGenerator json, Workload workload) throws IOException {
        json.writeObjectFieldStart("workload");
        json.writeStringField("topic", workload.topic());
        json.writeNumberField("partitions", workload.partitions());
        json.writeNumberField("replicationFactor", workload.replicationFactor());
        json.writeNumberField("minInsyncReplicas", workload.minInsyncReplicas());
        json.writeNumberField("recordsPerSecond", workload.recordsPerSecond());
        json.writeEndObject();
    }

    private static void figures(JsonGenerator json, DrillResult result) throws IOException {
        Verdict verdict = result.verdict();
        json.writeNumberField("acknowledged", verdict.acknowledged());
        json.writeNumberField("consumed", result.consumed());
        json.writeNumberField("unknown", verdict.unknown().total());
        json.writeNumberField("unknownPresent", verdict.unknown().present());
        json.writeNumberField("lost", verdict.lost());
        json.writeNumberField("duplicated", verdict.duplicated());
        json.writeNumberField("foreign", verdict.foreign());
        json.writeBooleanField("passed", result.passed());
    }

    private static void round(JsonGenerator json, RoundResult round) throws IOException {
        json.writeStartObject();
        json.writeNumberField("victim", round.victim().id());
        json.writeBooleanField(
                "victimRuled", round.rulesBefore().brokerId() == round.victim().id());
        json.writeNumberField("controllerEpochBefore", round.rulesBefore().epoch());
        json.writeArrayFieldStart("interruptedPartitions");
        for (int partition : round.interrupted()) {
            json.writeNumber(partition);
        }
        json.writeEndArray();
        gaps(json, round.longestGapsNanos());
        json.writeBooleanField("recovered", round.recovered());
        json.writeArrayFieldStart("timeline");
        for (Moment moment : round.moments()) {
            json.writeStartObject();
            json.writeNumberField("ms", moment.afterNanos() / NANOS_PER_MS);
            json.writeStringField("stage", moment.stage().name());
            json.writeStringField("text", moment.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void gaps(JsonGenerator json, List<Long> gapsNanos) throws IOException {
        json.writeArrayFieldStart("longestGapMsByPartition");
        for (long gap : gapsNanos) {
            json.writeNumber(gap / NANOS_PER_MS);
        }
        json.writeEndArray();
    }
}
