package io.regent.controller.loop;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The other nodes whose processes are watched (the registered brokers, and those that only rule), and whose death was
 * seen. Used by the loop only.
 */
final class Neighbours {

    private final PeerWatch watch;
    private final Obituaries obituaries = new Obituaries();
    private List<BrokerRegistration> brokers = List.of();
    private List<BrokerRegistration> controllers = List.of();

    Neighbours(PeerWatch watch) {
        this.watch = watch;
    }

    void brokersAre(List<BrokerRegistration> registered) {
        brokers = registered;
        observed();
    }

    void controllersAre(List<BrokerRegistration> onlyRuling) {
        controllers = onlyRuling;
        observed();
    }

    private void observed() {
        List<BrokerRegistration> all = new ArrayList<>(brokers);
        all.addAll(controllers);
        watch.watch(all);
        obituaries.observed(all);
    }

    /** Remembers or revokes a death; returns one that is to be written where everybody learns of it. */
    Optional<PeerWatch.Dead> seen(PeerWatch.Sighting sighting) {
        return switch (sighting) {
            case PeerWatch.Dead dead -> {
                obituaries.add(dead);
                yield Optional.of(dead);
            }
            case PeerWatch.Revived revived -> {
                obituaries.revoke(revived);
                yield Optional.empty();
            }
        };
    }

    /** The death of the node that rules, as far as is known in this epoch, if it still is to be believed. */
    Optional<PeerWatch.Dead> deathOfRuler(int nodeId, int epoch) {
        obituaries.rules(nodeId, epoch);
        return obituaries.of(nodeId);
    }

    /** See {@link Obituaries#deposed}. */
    void deposed(PeerWatch.Dead dead, int epoch) {
        obituaries.deposed(dead, epoch);
    }

    /** See {@link Obituaries#withoutTheDead}. */
    ClusterImage withoutTheDead(ClusterImage read) {
        return obituaries.withoutTheDead(read);
    }

    /** The brokers that are registered and were not seen to die. */
    List<BrokerRegistration> living() {
        return brokers.stream().filter(broker -> !obituaries.isDead(broker)).toList();
    }

    List<PeerWatch.Dead> deaths() {
        return obituaries.all();
    }
}
