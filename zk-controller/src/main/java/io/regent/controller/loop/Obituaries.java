package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which lives of which brokers were seen to end, until ZooKeeper says so too: a broker that died together with
 * the controller is only removed by the next one. Used by the loop only.
 */
final class Obituaries {

    private final Map<Integer, PeerWatch.Dead> byBroker = new HashMap<>();

    void add(PeerWatch.Dead dead) {
        byBroker.put(dead.brokerId(), dead);
    }

    /** Forgets whoever is not registered any more, or lives again. */
    void observed(Collection<BrokerRegistration> registered) {
        Map<Integer, Long> epochs = new HashMap<>();
        registered.forEach(broker -> epochs.put(broker.id(), broker.epoch()));
        byBroker.values().removeIf(dead -> !Long.valueOf(dead.brokerEpoch()).equals(epochs.get(dead.brokerId())));
    }

    Optional<PeerWatch.Dead> of(int brokerId) {
        return Optional.ofNullable(byBroker.get(brokerId));
    }

    List<PeerWatch.Dead> all() {
        return new ArrayList<>(byBroker.values());
    }
}
