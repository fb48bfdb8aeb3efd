package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
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
    /** In which controller epoch a dead controller was deposed. */
    private final Map<Integer, Integer> deposedIn = new HashMap<>();

    void add(PeerWatch.Dead dead) {
        byBroker.put(dead.brokerId(), dead);
        deposedIn.remove(dead.brokerId());
    }

    /** The dead controller is deposed, which ends the reign of this epoch at the latest. */
    void deposed(PeerWatch.Dead dead, int epoch) {
        deposedIn.put(dead.brokerId(), epoch);
    }

    /**
     * The node rules, as far as is known in this epoch. The dead win nothing: if it was deposed in an earlier one, the
     * verdict was wrong, and is forgotten.
     */
    void rules(int brokerId, int epoch) {
        Integer deposed = deposedIn.get(brokerId);
        if (deposed != null && deposed < epoch) {
            byBroker.remove(brokerId);
            deposedIn.remove(brokerId);
        }
    }

    /** Forgets the death of a life that goes on after all. */
    void revoke(PeerWatch.Revived revived) {
        byBroker.computeIfPresent(
                revived.brokerId(), (id, dead) -> dead.brokerEpoch() == revived.brokerEpoch() ? null : dead);
    }

    /** Forgets whoever is not registered any more, or lives again. */
    void observed(Collection<BrokerRegistration> registered) {
        Map<Integer, Long> epochs = new HashMap<>();
        registered.forEach(broker -> epochs.put(broker.id(), broker.epoch()));
        byBroker.values().removeIf(dead -> !Long.valueOf(dead.brokerEpoch()).equals(epochs.get(dead.brokerId())));
    }

    /**
     * What was read, without the brokers that were seen to die and are not removed yet, so that a new reign elects once. A
     * life that is not the one that ended stays.
     */
    ClusterImage withoutTheDead(ClusterImage read) {
        ImageEditor editor = read.edit();
        for (PeerWatch.Dead dead : byBroker.values()) {
            read.broker(dead.brokerId())
                    .filter(broker -> broker.epoch() == dead.brokerEpoch())
                    .ifPresent(broker -> editor.removeBroker(broker.id()));
        }
        return editor.image();
    }

    Optional<PeerWatch.Dead> of(int brokerId) {
        return Optional.ofNullable(byBroker.get(brokerId));
    }

    List<PeerWatch.Dead> all() {
        return new ArrayList<>(byBroker.values());
    }
}
