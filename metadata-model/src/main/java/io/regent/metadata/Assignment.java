package io.regent.metadata;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;

/**
 * Where a partition's replicas are and, during a reassignment, which of them are being added and removed (KIP-455).
 *
 * <p>Equal assignments made by the factories are one object, since a cluster has few different ones.
 *
 * @param replicas all replicas, the preferred leader first; includes those being added and those being removed
 * @param adding the replicas that a running reassignment adds
 * @param removing the replicas that a running reassignment will remove
 */
public record Assignment(Replicas replicas, Replicas adding, Replicas removing) {

    private static final Interner<Assignment> INTERNER = Interners.newWeakInterner();

    /** The assignment of a partition that does not exist. */
    public static final Assignment NONE = of(Replicas.NONE);

    /** An assignment that is not being changed. */
    public static Assignment of(Replicas replicas) {
        return replicas.alone();
    }

    /** An assignment with a reassignment under way where adding or removing has members. */
    public static Assignment of(Replicas replicas, Replicas adding, Replicas removing) {
        return INTERNER.intern(new Assignment(replicas, adding, removing));
    }

    /** Whether there is a partition at all. */
    public boolean exists() {
        return !replicas.isEmpty();
    }

    /** Whether a reassignment is under way. */
    public boolean isReassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** The replicas that will hold the partition when the reassignment is done. */
    public Replicas target() {
        return replicas.without(removing);
    }

    /** The replicas that held the partition before the reassignment began. */
    public Replicas origin() {
        return replicas.without(adding);
    }

    /**
     * The assignment while a reassignment to this target runs, whatever ran before: the target, then those replicas of the
     * origin that are not in it. Where the target is the origin, in whatever order, nothing is added or removed.
     */
    public Assignment reassignTo(Replicas target) {
        Replicas origin = origin();
        Replicas all = target.union(origin);
        return of(all, all.without(origin), all.without(target));
    }

    /** The replica that should lead when all are in sync: the first. */
    public int preferredLeader() {
        return replicas.get(0);
    }
}
