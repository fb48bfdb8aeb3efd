package io.regent.controller.zk;

import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.ReassignPartitionsZnode;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/** Reads what {@code /admin/reassign_partitions} wants. Session's thread only. */
final class ReassignmentsReader {

    private final BadZnodes badZnodes;

    ReassignmentsReader(BadZnodes badZnodes) {
        this.badZnodes = badZnodes;
    }

    /** The wanted replicas; empty when there is no such znode, or nobody can read it. */
    CompletableFuture<Optional<SortedMap<PartitionId, Replicas>>> read(ZkHandle handle) {
        return handle.read(ReassignPartitionsZnode.PATH).thenApply(this::decode);
    }

    /** Garbage is reported and left to whoever wrote it: nothing is ordered by it. */
    private Optional<SortedMap<PartitionId, Replicas>> decode(Optional<Znode> znode) {
        Optional<SortedMap<PartitionId, Replicas>> targets = Optional.empty();
        if (znode.isPresent()) {
            try {
                targets = Optional.of(ReassignPartitionsZnode.decode(znode.get().data()));
            } catch (BadZnodeException e) {
                badZnodes.report(e);
                return targets;
            }
        }
        badZnodes.mended(ReassignPartitionsZnode.PATH);
        return targets;
    }
}
