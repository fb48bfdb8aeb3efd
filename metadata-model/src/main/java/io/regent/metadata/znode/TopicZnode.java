package io.regent.metadata.znode;

import com.fasterxml.jackson.core.JsonGenerator;
import io.regent.metadata.Assignment;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * {@code /brokers/topics/TOPIC}: a topic's id and where its replicas are. Version 3 is written; 1 (partitions only) and 2
 * (without an id) are read.
 *
 * <p>Partitions are written by number, where Kafka's own order is that of a hash table; nobody reads an order there.
 */
public final class TopicZnode {

    /** The parent of all topics. */
    public static final String PARENT = "/brokers/topics";

    /** Numbers from here on are refused, so that a mistyped one cannot claim gigabytes; a znode holds far fewer. */
    static final int MAX_PARTITIONS = 1_000_000;

    private static final int FORMAT_VERSION = 3;

    private static final int USUAL_PARTITIONS = 16;

    private static final byte[] PARTITIONS = PlainJson.token("\"partitions\":");
    private static final byte[] TOPIC_ID = PlainJson.token("\"topic_id\":");
    private static final byte[] NONE_ADDING = PlainJson.token("\"adding_replicas\":{}");
    private static final byte[] NONE_REMOVING = PlainJson.token("\"removing_replicas\":{}");
    private static final byte[] VERSION = PlainJson.token("\"version\":");
    private static final byte[] NAME_END = PlainJson.token("\":");

    private TopicZnode() {}

    /**
     * What the znode holds.
     *
     * @param id the topic's id, or {@link TopicId#NONE} where it was never given one
     * @param assignments by partition number; {@link Assignment#NONE} for numbers left out
     */
    // An array is what TopicImage takes; a copy for each of many topics would serve nobody.
    @SuppressWarnings("ArrayRecordComponent")
    public record Content(TopicId id, Assignment[] assignments) {}

    public static String path(String topic) {
        return PARENT + "/" + topic;
    }

    public static byte[] encode(TopicId id, Assignment[] assignments) {
        return Json.object(json -> {
            write(json, "partitions", assignments, Assignment::replicas);
            if (id.isPresent()) {
                json.writeStringField("topic_id", id.toString());
            }
            write(json, "adding_replicas", assignments, Assignment::adding);
            write(json, "removing_replicas", assignments, Assignment::removing);
            json.writeNumberField("version", FORMAT_VERSION);
        });
    }

    private static void write(
            JsonGenerator json, String field, Assignment[] assignments, Function<Assignment, Replicas> which)
            throws IOException {
        json.writeObjectFieldStart(field);
        for (int partition = 0; partition < assignments.length; partition++) {
            Replicas replicas = which.apply(assignments[partition]);
            if (!replicas.isEmpty()) {
                Fields.write(json, Integer.toString(partition), replicas);
            }
        }
        json.writeEndObject();
    }

    public static Content decode(String topic, byte[] data) throws BadZnodeException {
        Content usual = data == null ? null : usualContent(new PlainJson(data));
        if (usual != null) {
            return usual;
        }
        String path = path(topic);
        return Json.read(path, data, json -> content(path, new Fields(path, json)));
    }

    /** What {@link #content} makes of a topic that is not being reassigned; null where that had better have a look. */
    static Content usualContent(PlainJson json) {
        TopicId id = null;
        Assignment[] assignments = null;
        boolean adding = false;
        boolean removing = false;
        int format = PlainJson.UNUSUAL;
        if (!json.takes('{')) {
            return null;
        }
        do {
            if (assignments == null && json.takes(PARTITIONS)) {
                assignments = usualPartitions(json);
            } else if (id == null && json.takes(TOPIC_ID)) {
                id = usualId(json.text());
            } else if (!adding && json.takes(NONE_ADDING)) {
                adding = true;
            } else if (!removing && json.takes(NONE_REMOVING)) {
                removing = true;
            } else if (format == PlainJson.UNUSUAL && json.takes(VERSION)) {
                format = json.number();
            } else {
                return null;
            }
        } while (json.takes(','));
        boolean isWhole = json.takes('}') && json.isAllUsual() && format != PlainJson.UNUSUAL;
        return isWhole && id != null && assignments != null ? new Content(id, assignments) : null;
    }

    private static TopicId usualId(String text) {
        try {
            return text == null ? null : TopicId.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Assignment[] usualPartitions(PlainJson json) {
        Assignment[] assignments = new Assignment[USUAL_PARTITIONS];
        int count = 0;
        if (!json.takes('{')) {
            return null;
        }
        do {
            int number = json.takes('"') ? json.number() : PlainJson.UNUSUAL;
            Replicas replicas = json.takes(NAME_END) ? json.replicas() : null;
            if (number < 0 || number >= MAX_PARTITIONS || replicas == null || replicas.isEmpty()) {
                return null;
            }
            if (number >= assignments.length) {
                assignments = Arrays.copyOf(assignments, Math.max(number + 1, 2 * assignments.length));
            }
            if (assignments[number] != null) {
                return null;
            }
            assignments[number] = Assignment.of(replicas);
            count = Math.max(count, number + 1);
        } while (json.takes(','));
        if (!json.takes('}')) {
            return null;
        }
        Assignment[] all = Arrays.copyOf(assignments, count);
        Arrays.setAll(all, number -> all[number] == null ? Assignment.NONE : all[number]);
        return all;
    }

    private static Content content(String path, Fields fields) throws IOException, BadZnodeException {
        TopicId id = TopicId.NONE;
        SortedMap<Integer, Replicas> replicas = null;
        Map<Integer, Replicas> adding = Map.of();
        Map<Integer, Replicas> removing = Map.of();
        while (fields.next()) {
            switch (fields.name()) {
                case "topic_id" -> id = topicId(fields);
                case "partitions" -> replicas = byPartition(fields);
                case "adding_replicas" -> adding = byPartition(fields);
                case "removing_replicas" -> removing = byPartition(fields);
                default -> fields.skip();
            }
        }
        if (replicas == null) {
            throw fields.missing("partitions");
        }
        Assignment[] assignments = new Assignment[replicas.isEmpty() ? 0 : replicas.lastKey() + 1];
        for (int partition = 0; partition < assignments.length; partition++) {
            assignments[partition] = assignment(
                    path,
                    partition,
                    replicas.get(partition),
                    adding.getOrDefault(partition, Replicas.NONE),
                    removing.getOrDefault(partition, Replicas.NONE));
        }
        return new Content(id, assignments);
    }

    private static Assignment assignment(
            String path, int partition, Replicas replicas, Replicas adding, Replicas removing)
            throws BadZnodeException {
        if (replicas == null) {
            return Assignment.NONE;
        }
        if (replicas.isEmpty()) {
            throw new BadZnodeException(path, "partition " + partition + " has no replicas");
        }
        if (!replicas.containsAll(adding) || !replicas.containsAll(removing)) {
            throw new BadZnodeException(
                    path,
                    "partition " + partition + " adds " + adding + " or removes " + removing + " outside its replicas "
                            + replicas);
        }
        return Assignment.of(replicas, adding, removing);
    }

    private static TopicId topicId(Fields fields) throws IOException, BadZnodeException {
        String text = fields.text();
        try {
            return TopicId.parse(text);
        } catch (IllegalArgumentException e) {
            throw fields.bad("is '" + text + "', which is no topic id");
        }
    }

    private static SortedMap<Integer, Replicas> byPartition(Fields fields) throws IOException, BadZnodeException {
        SortedMap<Integer, Replicas> byPartition = new TreeMap<>();
        Fields partitions = fields.object();
        while (partitions.next()) {
            byPartition.put(partitionNumber(partitions), partitions.replicas());
        }
        return byPartition;
    }

    private static int partitionNumber(Fields partitions) throws BadZnodeException {
        try {
            int number = Integer.parseInt(partitions.name());
            if (number >= 0 && number < MAX_PARTITIONS) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw partitions.bad("is no partition number");
        }
        throw partitions.bad("is no partition number from 0 to " + (MAX_PARTITIONS - 1));
    }
}
