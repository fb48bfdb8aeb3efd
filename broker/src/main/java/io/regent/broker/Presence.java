package io.regent.broker;

import io.regent.controller.zk.BrokerRegistrar;
import io.regent.controller.zk.ClusterZnodes;
import io.regent.controller.zk.ZkSession;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.RegentNodeZnodes;
import java.util.List;

/**
 * What this node says of itself in ZooKeeper: a broker registers as Kafka's do, a node that only rules registers apart, so
 * that nobody places a replica on it, and a preferred one marks itself as such.
 *
 * <p>Any thread may ask for the epoch; it is announced once, by the thread that starts the node.
 */
final class Presence {
    private final BrokerConfig config;
    private final ClusterZnodes znodes;
    private final BrokerRegistrar registrar;
    private final BrokerRegistrar preferred;

    Presence(BrokerConfig config, ZkSession session, ClusterZnodes znodes) {
        this.config = config;
        this.znodes = znodes;
        // A broker that registers anew needs nothing else done: the controller tells it everything again.
        this.registrar = new BrokerRegistrar(
                session, config.hasBrokerRole() ? BrokerZnode.PARENT : RegentNodeZnodes.CONTROLLERS, epoch -> {});
        this.preferred = new BrokerRegistrar(session, RegentNodeZnodes.PREFERRED, epoch -> {});
    }

    /**
     * Registers the node, and keeps it registered; returns when it is. The ports of its endpoints must be held already.
     *
     * @throws StartupException when the id is another node's
     */
    void announce(BrokerRegistration node) {
        refuseIdOfOtherKind(node.id());
        if (!config.hasBrokerRole() || config.controllerPreferred()) {
            ClusterAccess.wait(znodes.create(List.of(RegentNodeZnodes.CONTROLLERS, RegentNodeZnodes.PREFERRED)));
        }
        ClusterAccess.wait(registrar.register(node));
        if (config.controllerPreferred()) {
            ClusterAccess.wait(preferred.register(node));
        }
    }

    /** Registrations of one kind exclude each other by themselves. */
    private void refuseIdOfOtherKind(int id) {
        String other = (config.hasBrokerRole() ? RegentNodeZnodes.CONTROLLERS : BrokerZnode.PARENT) + "/" + id;
        if (ClusterAccess.wait(znodes.exists(other))) {
            throw new StartupException("broker.id=" + id + " is taken: " + other + " exists. "
                    + (config.hasBrokerRole()
                            ? "A broker cannot have the id of a node that only rules"
                            : "A node that only rules needs an id that no broker uses")
                    + "; one that an earlier process of this node left goes with its ZooKeeper session");
        }
    }

    /** The broker epoch of the registration that stands, or stood last; -1 before the first. */
    long epoch() {
        return registrar.epoch();
    }

    /** Whether this session holds the id. ZooKeeper session's thread only. */
    boolean isHeld() {
        return registrar.isHeld();
    }
}
