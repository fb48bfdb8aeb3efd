package io.regent.metadata.znode;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code /brokers/topics/TOPIC/partitions/N/state}: a partition's leader, its epoch, and the ISR. */
public final class PartitionStateZnode {

    private static final int FORMAT_VERSION = 1;

    private static final int USUAL_BYTES = 128;

    private static final byte[] LEADER = PlainJson.token("\"leader\":");
    private static final byte[] LEADER_EPOCH = PlainJson.token("\"leader_epoch\":");
    private static final byte[] CONTROLLER_EPOCH = PlainJson.token("\"controller_epoch\":");
    private static final byte[] VERSION = PlainJson.token("\"version\":");
    private static final byte[] ISR = PlainJson.token("\"isr\":");

    private PartitionStateZnode() {}

    /** The parent of all partitions' znodes of a topic. */
    public static String partitionsPath(String topic) {
        return TopicZnode.path(topic) + "/partitions";
    }

    /** The parent of a partition's state. */
    public static String partitionPath(PartitionId partition) {
        return partitionsPath(partition.topic()) + "/" + partition.partition();
    }

    public static String path(PartitionId partition) {
        return path(partition.topic(), partition.partition());
    }

    public static String path(String topic, int partition) {
        return TopicZnode.PARENT + "/" + topic + "/partitions/" + partition + "/state";
    }

    /**
     * As Kafka writes it: the recovery state is named only while a leader recovers (KIP-704).
     *
     * <p>Nothing in it needs quoting, and a dead broker has a hundred thousand written: so it is put together as text.
     */
    public static byte[] encode(PartitionState state) {
        StringBuilder json = new StringBuilder(USUAL_BYTES)
                .append("{\"controller_epoch\":")
                .append(state.controllerEpoch())
                .append(",\"leader\":")
                .append(state.leader())
                .append(",\"version\":")
                .append(FORMAT_VERSION);
        if (state.recovery() != LeaderRecovery.RECOVERED) {
            json.append(",\"leader_recovery_state\":").append(state.recovery().code());
        }
        json.append(",\"leader_epoch\":").append(state.leaderEpoch()).append(",\"isr\":[");
        for (int i = 0; i < state.isr().size(); i++) {
            json.append(i == 0 ? "" : ",").append(state.isr().get(i));
        }
        return json.append("]}").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads a state.
     *
     * @param znodeVersion the znode's {@code dataVersion}, which becomes the partition epoch
     */
    public static PartitionState decode(PartitionId partition, byte[] data, int znodeVersion) throws BadZnodeException {
        PartitionState usual = data == null ? null : usualState(new PlainJson(data), znodeVersion);
        if (usual != null) {
            return usual;
        }
        String path = path(partition);
        return Json.read(path, data, json -> state(new Fields(path, json), znodeVersion));
    }

    /** What {@link #state} makes of it; null where that had better have a look. */
    static PartitionState usualState(PlainJson json, int znodeVersion) {
        int leader = PlainJson.UNUSUAL;
        int leaderEpoch = PlainJson.UNUSUAL;
        int controllerEpoch = PlainJson.UNUSUAL;
        int format = PlainJson.UNUSUAL;
        Replicas isr = null;
        if (!json.takes('{')) {
            return null;
        }
        do {
            if (leader == PlainJson.UNUSUAL && json.takes(LEADER)) {
                leader = json.number();
            } else if (leaderEpoch == PlainJson.UNUSUAL && json.takes(LEADER_EPOCH)) {
                leaderEpoch = json.number();
            } else if (controllerEpoch == PlainJson.UNUSUAL && json.takes(CONTROLLER_EPOCH)) {
                controllerEpoch = json.number();
            } else if (format == PlainJson.UNUSUAL && json.takes(VERSION)) {
                format = json.number();
            } else if (isr == null && json.takes(ISR)) {
                isr = json.replicas();
            } else {
                return null;
            }
        } while (json.takes(','));
        boolean isWhole = json.takes('}') && json.isAllUsual() && isr != null && format != PlainJson.UNUSUAL;
        return isWhole && leader >= PartitionState.NO_LEADER && leaderEpoch >= 0 && controllerEpoch >= 0
                ? new PartitionState(leader, leaderEpoch, isr, LeaderRecovery.RECOVERED, controllerEpoch, znodeVersion)
                : null;
    }

    private static PartitionState state(Fields fields, int znodeVersion) throws IOException, BadZnodeException {
        int leader = Integer.MIN_VALUE;
        int leaderEpoch = -1;
        int controllerEpoch = -1;
        Replicas isr = null;
        LeaderRecovery recovery = LeaderRecovery.RECOVERED;
        while (fields.next()) {
            switch (fields.name()) {
                case "leader" -> leader = fields.integer(PartitionState.NO_LEADER);
                case "leader_epoch" -> leaderEpoch = fields.integer(0);
                case "controller_epoch" -> controllerEpoch = fields.integer(0);
                case "isr" -> isr = fields.replicas();
                case "leader_recovery_state" -> recovery = recovery(fields);
                default -> fields.skip();
            }
        }
        if (leader == Integer.MIN_VALUE) {
            throw fields.missing("leader");
        }
        if (leaderEpoch < 0) {
            throw fields.missing("leader_epoch");
        }
        if (controllerEpoch < 0) {
            throw fields.missing("controller_epoch");
        }
        if (isr == null) {
            throw fields.missing("isr");
        }
        return new PartitionState(leader, leaderEpoch, isr, recovery, controllerEpoch, znodeVersion);
    }

    private static LeaderRecovery recovery(Fields fields) throws IOException, BadZnodeException {
        int code = fields.integer();
        try {
            return LeaderRecovery.of(code);
        } catch (IllegalArgumentException e) {
            throw fields.bad("is " + code + ", which is neither 0 nor 1");
        }
    }
}
