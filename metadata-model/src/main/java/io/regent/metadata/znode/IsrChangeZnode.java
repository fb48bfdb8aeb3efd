package io.regent.metadata.znode;

import io.regent.metadata.PartitionId;
import java.util.Collection;
import java.util.List;

/**
 * {@code /isr_change_notification/isr_change_NNNNNNNNNN}, sequential: tells the controller of partitions whose ISR their
 * leaders wrote themselves, as leaders before AlterPartition (KIP-497) did.
 */
public final class IsrChangeZnode {

    /** The parent of all notifications. */
    public static final String PARENT = "/isr_change_notification";

    /** What is created; ZooKeeper appends the sequence number. */
    public static final String SEQUENCE_PATH = PARENT + "/isr_change_";

    private IsrChangeZnode() {}

    public static byte[] encode(Collection<PartitionId> partitions) {
        return Json.object(json -> Fields.writePartitions(json, partitions));
    }

    public static List<PartitionId> decode(String path, byte[] data) throws BadZnodeException {
        return Json.read(path, data, json -> new Fields(path, json).onlyPartitions());
    }
}
