package io.regent.controller.sim;

import io.regent.controller.loop.PeerWatch;
import io.regent.metadata.BrokerRegistration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A detector that says what the world has it say. */
final class SimPeers implements PeerWatch {

    private final Map<Integer, Long> watched = new TreeMap<>();
    private Consumer<Sighting> listener = sighting -> {};

    @Override
    public void start(Consumer<Sighting> newListener) {
        listener = newListener;
    }

    @Override
    public void watch(Collection<BrokerRegistration> peers) {
        watched.clear();
        peers.forEach(peer -> watched.put(peer.id(), peer.epoch()));
    }

    /** The life of this node that is watched, if one is. */
    Optional<Long> watchedLife(int nodeId) {
        return Optional.ofNullable(watched.get(nodeId));
    }

    void tell(Sighting sighting) {
        listener.accept(sighting);
    }

    @Override
    public void close() {}
}
