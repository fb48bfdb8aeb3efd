package io.regent.metadata.znode;

import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /admin/reassign_partitions}: where an old tool wants replicas to be (before KIP-455). */
public final class ReassignPartitionsZnode {

    public static final String PATH = "/admin/reassign_partitions";

    private static final int FORMAT_VERSION = 1;

    private ReassignPartitionsZnode() {}

    private record Move(PartitionId partition, Replicas replicas) {}

    public static byte[] encode(SortedMap<PartitionId, Replicas> targets) {
        return Json.object(json -> {
            json.writeNumberField("version", FORMAT_VERSION);
            json.writeArrayFieldStart("partitions");
            for (Map.Entry<PartitionId, Replicas> target : targets.entrySet()) {
                json.writeStartObject();
                json.writeStringField("topic", target.getKey().topic());
                json.writeNumberField("partition", target.getKey().partition());
                Fields.write(json, "replicas", target.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /**
     * The wanted replicas. A list that nobody can act on, such as an empty one, is handed on, so that it does not hold up
     * the others. Of a partition that is named twice the last counts, as in Kafka.
     */
    public static SortedMap<PartitionId, Replicas> decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> targets(new Fields(PATH, json)));
    }

    private static SortedMap<PartitionId, Replicas> targets(Fields fields) throws IOException, BadZnodeException {
        List<Move> moves = null;
        while (fields.next()) {
            if (fields.name().equals("partitions")) {
                moves = fields.list(() -> move(fields.object()));
            } else {
                fields.skip();
            }
        }
        if (moves == null) {
            throw fields.missing("partitions");
        }
        SortedMap<PartitionId, Replicas> targets = new TreeMap<>();
        for (Move move : moves) {
            targets.put(move.partition(), move.replicas());
        }
        return targets;
    }

    private static Move move(Fields fields) throws IOException, BadZnodeException {
        String topic = null;
        int partition = -1;
        Replicas replicas = null;
        while (fields.next()) {
            switch (fields.name()) {
                case "topic" -> topic = fields.text();
                case "partition" -> partition = fields.integer(0);
                case "replicas" -> replicas = fields.uncheckedReplicas();
                default -> fields.skip();
            }
        }
        if (topic == null || partition < 0 || replicas == null) {
            throw new BadZnodeException(PATH, "an element of 'partitions' lacks topic, partition or replicas");
        }
        return new Move(new PartitionId(topic, partition), replicas);
    }
}
