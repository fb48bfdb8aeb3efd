package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the fields of a JSON object one after the other, each with a check of its type and an error that names it. Used
 * within one call, by one thread.
 */
final class Fields {

    private final String path;
    private final JsonParser json;
    private String name = "";

    /** Begins the object that the parser stands at. */
    Fields(String path, JsonParser json) throws BadZnodeException {
        this.path = path;
        this.json = json;
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new BadZnodeException(path, "it is no JSON object");
        }
    }

    /** Reads what a field holds. */
    @FunctionalInterface
    interface Element<T> {
        T read() throws IOException, BadZnodeException;
    }

    /** Moves to the next field and its value; false at the object's end. */
    boolean next() throws IOException {
        if (json.nextToken() != JsonToken.FIELD_NAME) {
            return false;
        }
        name = json.currentName();
        json.nextToken();
        return true;
    }

    /** The field's name. */
    String name() {
        return name;
    }

    /** Passes over a field that nobody needs. */
    void skip() throws IOException {
        json.skipChildren();
    }

    int integer() throws IOException, BadZnodeException {
        return Math.toIntExact(number(Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    /** An integer that is at least {@code lowest}. */
    int integer(int lowest) throws IOException, BadZnodeException {
        return Math.toIntExact(number(lowest, Integer.MAX_VALUE));
    }

    long number(long lowest, long highest) throws IOException, BadZnodeException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw bad("is no integer");
        }
        // Larger numbers have another type; getLongValue would fail on them with Jackson's own words.
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || json.getLongValue() < lowest
                || json.getLongValue() > highest) {
            throw bad("is " + json.getText() + ", which is not from " + lowest + " to " + highest);
        }
        return json.getLongValue();
    }

    /** An integer that may be written as a JSON string, as Kafka does with long ones. */
    long numberInText() throws IOException, BadZnodeException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return number(Long.MIN_VALUE, Long.MAX_VALUE);
        }
        String text = text();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw bad("is '" + text + "', which is no integer");
        }
    }

    String text() throws IOException, BadZnodeException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("is no string");
        }
        return json.getText();
    }

    boolean isNull() {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    <T> List<T> list(Element<T> element) throws IOException, BadZnodeException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw bad("is no array");
        }
        List<T> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(element.read());
        }
        return list;
    }

    /** A list of broker ids: not negative, none twice. */
    Replicas replicas() throws IOException, BadZnodeException {
        Replicas replicas = brokerIds(0);
        if (replicas.hasDuplicates()) {
            throw bad("names a broker twice: " + replicas);
        }
        return replicas;
    }

    /** A list of broker ids as somebody wrote them, whom whoever acts on them will tell what is wrong with them. */
    Replicas uncheckedReplicas() throws IOException, BadZnodeException {
        return brokerIds(Integer.MIN_VALUE);
    }

    private Replicas brokerIds(int least) throws IOException, BadZnodeException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw bad("is no array of broker ids");
        }
        int[] ids = new int[4];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = integer(least);
        }
        return Replicas.of(Arrays.copyOf(ids, count));
    }

    /** The object that is this field's value. */
    Fields object() throws BadZnodeException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw bad("is no JSON object");
        }
        return new Fields(path, json);
    }

    /** An object of strings, in its own order. */
    Map<String, String> texts() throws IOException, BadZnodeException {
        Map<String, String> texts = new LinkedHashMap<>();
        Fields entries = object();
        while (entries.next()) {
            texts.put(entries.name(), entries.text());
        }
        return texts;
    }

    /** An array of objects that name a topic and a partition. */
    List<PartitionId> partitions() throws IOException, BadZnodeException {
        return list(() -> {
            Fields fields = object();
            String topic = null;
            int partition = -1;
            while (fields.next()) {
                switch (fields.name()) {
                    case "topic" -> topic = fields.text();
                    case "partition" -> partition = fields.integer(0);
                    default -> fields.skip();
                }
            }
            if (topic == null || partition < 0) {
                throw bad("has an element without topic or partition");
            }
            return new PartitionId(topic, partition);
        });
    }

    /** The partitions of an object that holds, besides what nobody needs, only those. */
    List<PartitionId> onlyPartitions() throws IOException, BadZnodeException {
        List<PartitionId> partitions = null;
        while (next()) {
            if (name.equals("partitions")) {
                partitions = partitions();
            } else {
                skip();
            }
        }
        if (partitions == null) {
            throw missing("partitions");
        }
        return partitions;
    }

    /** The error for this field. */
    BadZnodeException bad(String what) {
        return new BadZnodeException(path, "'" + name + "' " + what);
    }

    /** The error for a field that should be there. */
    BadZnodeException missing(String field) {
        return new BadZnodeException(path, "it has no '" + field + "'");
    }

    static void write(JsonGenerator json, String name, Replicas replicas) throws IOException {
        json.writeFieldName(name);
        json.writeStartArray();
        for (int i = 0; i < replicas.size(); i++) {
            json.writeNumber(replicas.get(i));
        }
        json.writeEndArray();
    }

    /** Writes an object of strings, sorted, so that equal maps give equal bytes. */
    static void write(JsonGenerator json, String name, Map<String, String> texts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> entry : new TreeMap<>(texts).entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    static void writePartitions(JsonGenerator json, Iterable<PartitionId> partitions) throws IOException {
        json.writeNumberField("version", 1);
        json.writeArrayFieldStart("partitions");
        for (PartitionId partition : partitions) {
            json.writeStartObject();
            json.writeStringField("topic", partition.topic());
            json.writeNumberField("partition", partition.partition());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
