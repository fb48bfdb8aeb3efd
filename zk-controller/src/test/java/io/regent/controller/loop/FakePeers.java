package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** A watch that sees only what the test says. */
final class FakePeers implements PeerWatch {

    List<Integer> watched = List.of();
    private Consumer<Sighting> listener;

    @Override
    public void start(Consumer<Sighting> newListener) {
        listener = newListener;
    }

    void die(int brokerId, long brokerEpoch) {
        listener.accept(new Dead(brokerId, brokerEpoch, "the test says so"));
    }

    void revive(int brokerId, long brokerEpoch) {
        listener.accept(new Revived(brokerId, brokerEpoch));
    }

    @Override
    public void watch(Collection<BrokerRegistration> peers) {
        watched = peers.stream().map(BrokerRegistration::id).toList();
    }

    @Override
    public void close() {}
}
