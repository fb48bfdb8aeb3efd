package io.regent.metadata;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An immutable, ordered list of broker ids: a replica list or an ISR.
 *
 * <p>A cluster has hundreds of thousands of these but few different ones, so equal lists are one object. Safe for use
 * by any thread.
 */
public final class Replicas {

    /** Up to this many ids it is quicker to compare each with each, which is done for each list that is read. */
    private static final int SHORT_LIST = 32;

    private static final Interner<Replicas> INTERNER = Interners.newWeakInterner();

    /** Lists that were asked for last, by hash: the interner takes longer than all else that is done with most of them. */
    private static final AtomicReferenceArray<Replicas> RECENT = new AtomicReferenceArray<>(1024);

    /** The list without members. */
    public static final Replicas NONE = of();

    private final int[] ids;
    /** The assignment of a partition whose replicas these are, once somebody wanted it; any thread may make it, all the same. */
    private volatile Assignment alone;

    private Replicas(int[] ids) {
        this.ids = ids;
    }

    private static Replicas interned(int[] ids) {
        int slot = Arrays.hashCode(ids) & (RECENT.length() - 1);
        Replicas recent = RECENT.get(slot);
        if (recent == null || !Arrays.equals(recent.ids, ids)) {
            recent = INTERNER.intern(new Replicas(ids));
            RECENT.set(slot, recent);
        }
        return recent;
    }

    /** The assignment to these replicas that nothing is being changed of. */
    Assignment alone() {
        Assignment made = alone;
        if (made == null) {
            made = Assignment.of(this, NONE, NONE);
            alone = made;
        }
        return made;
    }

    /** The list of these ids, in this order. Duplicates are kept; whoever takes input from outside refuses them. */
    public static Replicas of(int... ids) {
        return interned(ids.clone());
    }

    /** The list of these ids, in the collection's order. */
    public static Replicas of(Collection<Integer> ids) {
        return INTERNER.intern(
                new Replicas(ids.stream().mapToInt(Integer::intValue).toArray()));
    }

    /** How many ids are in the list. */
    public int size() {
        return ids.length;
    }

    /** Whether the list has no id. */
    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The id at this position, from 0. */
    public int get(int index) {
        return ids[index];
    }

    /** Whether this broker is in the list. */
    public boolean contains(int brokerId) {
        for (int id : ids) {
            if (id == brokerId) {
                return true;
            }
        }
        return false;
    }

    /** Whether each id of the other list is in this one. */
    public boolean containsAll(Replicas other) {
        for (int id : other.ids) {
            if (!contains(id)) {
                return false;
            }
        }
        return true;
    }

    /** Whether an id occurs twice. */
    public boolean hasDuplicates() {
        if (ids.length > SHORT_LIST) {
            return IntStream.of(ids).distinct().count() != ids.length;
        }
        for (int i = 1; i < ids.length; i++) {
            for (int j = 0; j < i; j++) {
                if (ids[i] == ids[j]) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The ids for which the predicate holds, in this list's order. */
    public Replicas filter(IntPredicate predicate) {
        int[] kept = new int[ids.length];
        int count = 0;
        for (int id : ids) {
            if (predicate.test(id)) {
                kept[count++] = id;
            }
        }
        return count == ids.length ? this : interned(Arrays.copyOf(kept, count));
    }

    /** This list without that id. */
    public Replicas without(int brokerId) {
        return filter(id -> id != brokerId);
    }

    /** This list without any id of the other. */
    public Replicas without(Replicas other) {
        return filter(id -> !other.contains(id));
    }

    /** This list, followed by those ids of the other that it lacks. */
    public Replicas union(Replicas other) {
        Replicas missing = other.without(this);
        if (missing.isEmpty()) {
            return this;
        }
        int[] all = Arrays.copyOf(ids, ids.length + missing.ids.length);
        System.arraycopy(missing.ids, 0, all, ids.length, missing.ids.length);
        return INTERNER.intern(new Replicas(all));
    }

    /** The ids in order. */
    public IntStream stream() {
        return IntStream.of(ids);
    }

    /** The ids in order, as a list of boxed values. */
    public List<Integer> toList() {
        return stream().boxed().collect(Collectors.toUnmodifiableList());
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Replicas that && Arrays.equals(ids, that.ids));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
