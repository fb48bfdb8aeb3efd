package io.regent.controller.zk;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.znode.BadZnodeException;
import io.regent.metadata.znode.BrokerZnode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the registrations under {@code /brokers/ids}, or another parent of the like. One that cannot be read is reported and left out, and the others are
 * none the worse for it.
 */
final class BrokersReader {

    private final String parent;
    private final BadZnodes badZnodes;

    BrokersReader(String parent, BadZnodes badZnodes) {
        this.parent = parent;
        this.badZnodes = badZnodes;
    }

    CompletableFuture<List<BrokerRegistration>> read(ZkHandle handle) {
        return handle.children(parent)
                .thenApply(this::paths)
                .thenCompose(paths -> {
                    badZnodes.present(parent, paths);
                    return Calls.pipeline(WriteExpansion.batches(paths), 1, handle::readAll);
                })
                .thenApply(batches -> decode(batches.stream()
                        .flatMap(List::stream)
                        .flatMap(Optional::stream)
                        .toList()));
    }

    private List<String> paths(List<String> children) {
        return children.stream().sorted().map(child -> parent + "/" + child).toList();
    }

    private List<BrokerRegistration> decode(List<Znode> znodes) {
        List<BrokerRegistration> brokers = new ArrayList<>();
        for (Znode znode : znodes) {
            try {
                int id = BrokerZnode.brokerId(znode.path().substring(parent.length() + 1));
                brokers.add(BrokerZnode.decode(id, znode.data(), znode.czxid()));
                badZnodes.mended(znode.path());
            } catch (BadZnodeException e) {
                badZnodes.report(e);
            }
        }
        return brokers;
    }
}
