package io.regent.controller.sim;

import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.util.Optional;

/** Counts what a seed puts its controllers through, so that a run shows that it has tested what it is there for. */
final class Tally {

    private static final String BROKERS = BrokerZnode.PARENT + "/";

    private final SimWorld world;
    private Counts counts = Counts.NONE;
    private long winner;
    private long readBefore;
    private boolean loads;

    /**
     * How often something happened.
     *
     * @param takeovers a node had won and knew the cluster
     * @param warm of these: at most half of the partitions' states had to be read after winning
     * @param supplanted a preferred node took the reign from another
     * @param liveDeposed a node that ran and held {@code /controller} lost it to a detector's verdict
     * @param liveEvicted a broker that ran lost its registration to one
     * @param hung a heartbeat found that a node stood still
     */
    record Counts(int takeovers, int warm, int supplanted, int liveDeposed, int liveEvicted, int hung) {

        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(
                    takeovers + other.takeovers,
                    warm + other.warm,
                    supplanted + other.supplanted,
                    liveDeposed + other.liveDeposed,
                    liveEvicted + other.liveEvicted,
                    hung + other.hung);
        }

        @Override
        public String toString() {
            return takeovers + " takeovers, " + warm + " of them warm, " + supplanted + " by preferred nodes; "
                    + liveDeposed + " live controllers deposed, " + liveEvicted + " live brokers evicted, " + hung
                    + " times a node was found to hang";
        }
    }

    Tally(SimWorld world) {
        this.world = world;
    }

    Counts counts() {
        return counts;
    }

    void hungWasFound() {
        counts = counts.plus(new Counts(0, 0, 0, 0, 0, 1));
    }

    /** The ensemble has agreed on a transaction. */
    void agreed(SimZooKeeper.Txn txn) {
        boolean wins = false;
        for (SimTree.Change change : txn.changes()) {
            wins |= change.path().equals(ControllerEpochZnode.PATH) && !change.isDeletion() && txn.session() != 0;
        }
        for (SimTree.Change change : txn.changes()) {
            if (change.isDeletion()
                    && txn.session() != 0
                    && txn.session() != change.before().owner()) {
                removed(change, wins ? nodeOf(txn.session()) : Optional.empty());
            }
        }
        if (wins) {
            winner = txn.session();
            loads = true;
            readBefore = nodeOf(winner).map(Tally::statesRead).orElse(0L);
        }
    }

    private void removed(SimTree.Change change, Optional<SimNode> winning) {
        Optional<SimNode> owner = nodeOf(change.before().owner());
        boolean runs = owner.map(SimNode::isRunning).orElse(false);
        boolean isBetter = winning.map(node -> node.role().isPreferred()).orElse(false)
                && !owner.map(node -> node.role().isPreferred()).orElse(true);
        if (change.path().equals(ControllerZnode.PATH) && isBetter) {
            counts = counts.plus(new Counts(0, 0, 1, 0, 0, 0));
        } else if (change.path().equals(ControllerZnode.PATH) && runs) {
            counts = counts.plus(new Counts(0, 0, 0, 1, 0, 0));
        } else if (change.path().startsWith(BROKERS) && runs) {
            counts = counts.plus(new Counts(0, 0, 0, 0, 1, 0));
        }
    }

    /** A node's loop has taken a turn. */
    void turned(SimNode node) {
        boolean rules = node.loop().status().active()
                && !node.loop().status().image().brokers().isEmpty();
        if (loads && rules && nodeOf(winner).equals(Optional.of(node))) {
            loads = false;
            int states = world.witness().states().size();
            boolean warm = states > 0 && 2 * (statesRead(node) - readBefore) <= states;
            counts = counts.plus(new Counts(1, warm ? 1 : 0, 0, 0, 0, 0));
        }
    }

    private Optional<SimNode> nodeOf(long session) {
        return world.nodes().values().stream()
                .filter(node -> node.isUp()
                        && node.session()
                                .handle()
                                .filter(handle -> handle.sessionId() == session)
                                .isPresent())
                .findFirst();
    }

    private static long statesRead(SimNode node) {
        return node.session()
                .handle()
                .map(handle -> ((SimHandle) handle).statesRead())
                .orElse(0L);
    }
}
