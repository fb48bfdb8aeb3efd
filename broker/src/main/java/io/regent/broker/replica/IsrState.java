package io.regent.broker.replica;

import java.util.Set;
import java.util.TreeSet;

/**
 * The ISR as a leader knows it: committed by the controller, or committed with one proposed change under way (KIP-497).
 * Immutable.
 */
sealed interface IsrState {
    /** The ISR that the controller last confirmed. */
    Set<Integer> isr();

    /** The largest ISR that may be in force: what the high watermark waits for. */
    Set<Integer> maximalIsr();

    /** Whether a change was sent and not answered: no other may be sent meanwhile. */
    boolean isInFlight();

    /** No change is under way. */
    record Committed(Set<Integer> isr) implements IsrState {
        public Committed {
            isr = Set.copyOf(isr);
        }

        @Override
        public Set<Integer> maximalIsr() {
            return isr;
        }

        @Override
        public boolean isInFlight() {
            return false;
        }

        PendingExpand expandBy(int replica) {
            Set<Integer> wider = new TreeSet<>(isr);
            wider.add(replica);
            return new PendingExpand(this, replica, Set.copyOf(wider));
        }

        PendingShrink shrinkBy(Set<Integer> replicas) {
            Set<Integer> narrower = new TreeSet<>(isr);
            narrower.removeAll(replicas);
            return new PendingShrink(this, Set.copyOf(narrower));
        }
    }

    /** A change that the controller has not answered yet. */
    sealed interface Pending extends IsrState {
        Committed committed();

        Set<Integer> proposed();

        @Override
        default Set<Integer> isr() {
            return committed().isr();
        }

        @Override
        default boolean isInFlight() {
            return true;
        }
    }

    /** A follower is to join. It counts for the high watermark at once, since the change may already be in force. */
    record PendingExpand(Committed committed, int joining, Set<Integer> proposed) implements Pending {
        @Override
        public Set<Integer> maximalIsr() {
            return proposed;
        }
    }

    /** Followers are to leave. They count for the high watermark until the controller has agreed. */
    record PendingShrink(Committed committed, Set<Integer> proposed) implements Pending {
        @Override
        public Set<Integer> maximalIsr() {
            return committed.isr();
        }
    }
}
