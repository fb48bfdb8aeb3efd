package io.regent.metadata.znode;

import io.regent.metadata.PartitionId;
import java.util.Collection;
import java.util.List;

/** {@code /admin/preferred_replica_election}: partitions whose preferred replica an old tool wants to lead. */
public final class PreferredElectionZnode {

    public static final String PATH = "/admin/preferred_replica_election";

    private PreferredElectionZnode() {}

    public static byte[] encode(Collection<PartitionId> partitions) {
        return Json.object(json -> Fields.writePartitions(json, partitions));
    }

    public static List<PartitionId> decode(byte[] data) throws BadZnodeException {
        return Json.read(PATH, data, json -> new Fields(PATH, json).onlyPartitions());
    }
}
