package io.regent.metadata.znode;

import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import java.io.IOException;

/** {@code /brokers/topics/TOPIC/partitions/N/state}: a partition's leader, its epoch, and the ISR. */
public final class PartitionStateZnode {

    private static final int FORMAT_VERSION = 1;

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
        return partitionPath(partition) + "/state";
    }

    /** As Kafka writes it: the recovery state is named only while a leader recovers (KIP-704). */
    public static byte[] encode(PartitionState state) {
        return Json.object(json -> {
            json.writeNumberField("controller_epoch", state.controllerEpoch());
            json.writeNumberField("leader", state.leader());
            json.writeNumberField("version", FORMAT_VERSION);
            if (state.recovery() != LeaderRecovery.RECOVERED) {
                json.writeNumberField("leader_recovery_state", state.recovery().code());
            }
            json.writeNumberField("leader_epoch", state.leaderEpoch());
            Fields.write(json, "isr", state.isr());
        });
    }

    /**
     * Reads a state.
     *
     * @param znodeVersion the znode's {@code dataVersion}, which becomes the partition epoch
     */
    public static PartitionState decode(PartitionId partition, byte[] data, int znodeVersion) throws BadZnodeException {
        String path = path(partition);
        return Json.read(path, data, json -> state(new Fields(path, json), znodeVersion));
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
