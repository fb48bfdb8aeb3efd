package io.regent.metadata;

import java.util.Optional;

/**
 * What a single znode holds, as far as anybody knows. Immutable.
 *
 * @param content what it says; empty when there is no such znode, or nobody can read it
 * @param version its {@code dataVersion}, or {@link #ABSENT} when there is no such znode
 */
public record ZnodeCopy<T>(Optional<T> content, int version) {

    /** The version of a znode that does not exist. */
    public static final int ABSENT = -1;

    /** There is no such znode. */
    public static <T> ZnodeCopy<T> absent() {
        return new ZnodeCopy<>(Optional.empty(), ABSENT);
    }

    /** The znode says this. */
    public static <T> ZnodeCopy<T> of(T content, int version) {
        return new ZnodeCopy<>(Optional.of(content), version);
    }

    /** The znode is there, but says nothing that anybody understands. */
    public static <T> ZnodeCopy<T> unreadable(int version) {
        return new ZnodeCopy<>(Optional.empty(), version);
    }

    /** Whether there is such a znode. */
    public boolean exists() {
        return version != ABSENT;
    }

    /** Whether it exists and nobody can read it. */
    public boolean isUnreadable() {
        return exists() && content.isEmpty();
    }

    /** What it will be when it is created, or overwritten, with this. */
    public ZnodeCopy<T> next(T newContent) {
        return of(newContent, version + 1);
    }
}
