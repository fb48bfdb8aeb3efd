package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.ImageEditor;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Remembers which lives of which brokers were seen to end, until ZooKeeper says so too: a broker that died together with
 * the controller is only removed by the next one. Used by the loop only.
 */
final class Obituaries {

    private static final int NEVER = Integer.MAX_VALUE;

    private final Map<Integer, Obituary> byBroker = new HashMap<>();

    /** @param deposedIn the controller epoch in which the dead was deposed as the controller, or {@link #NEVER} */
    private record Obituary(PeerWatch.Dead dead, int deposedIn) {}

    void add(PeerWatch.Dead dead) {
        byBroker.put(dead.brokerId(), new Obituary(dead, NEVER));
    }

    /** The dead controller is deposed, which ends the reign of this epoch at the latest. */
    void deposed(PeerWatch.Dead dead, int epoch) {
        byBroker.put(dead.brokerId(), new Obituary(dead, epoch));
    }

    /**
     * The node rules, as far as is known in this epoch. The dead win nothing: if it was deposed in an earlier one, the
     * verdict was wrong, and is forgotten.
     */
    void rules(int brokerId, int epoch) {
        byBroker.computeIfPresent(brokerId, (id, obituary) -> obituary.deposedIn() < epoch ? null : obituary);
    }

    /** Forgets the death of a life that goes on after all. */
    void revoke(PeerWatch.Revived revived) {
        byBroker.computeIfPresent(
                revived.brokerId(),
                (id, obituary) -> obituary.dead().brokerEpoch() == revived.brokerEpoch() ? null : obituary);
    }

    /** Forgets whoever is not registered any more, or lives again. */
    void observed(Collection<BrokerRegistration> registered) {
        Set<Integer> dead = registered.stream()
                .filter(this::isDead)
                .map(BrokerRegistration::id)
                .collect(Collectors.toSet());
        byBroker.keySet().retainAll(dead);
    }

    /** Whether this life of the broker was seen to end. */
    boolean isDead(BrokerRegistration broker) {
        return of(broker.id())
                .filter(dead -> dead.brokerEpoch() == broker.epoch())
                .isPresent();
    }

    /**
     * What was read, without the brokers that were seen to die and are not removed yet, so that a new reign elects once. A
     * life that is not the one that ended stays.
     */
    ClusterImage withoutTheDead(ClusterImage read) {
        ImageEditor editor = read.edit();
        read.brokers().values().stream().filter(this::isDead).forEach(broker -> editor.removeBroker(broker.id()));
        return editor.image();
    }

    Optional<PeerWatch.Dead> of(int brokerId) {
        return Optional.ofNullable(byBroker.get(brokerId)).map(Obituary::dead);
    }

    List<PeerWatch.Dead> all() {
        return byBroker.values().stream().map(Obituary::dead).toList();
    }
}
