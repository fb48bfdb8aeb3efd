package io.regent.controller;

import java.util.List;

/**
 * A part of a decision: what ZooKeeper must hold, and what brokers may be told once it does.
 *
 * @param writes go in one multi; may be empty
 * @param announcements to be sent when these writes, and those of the decision's commits before this one, are durable
 * @param followersOnly whether it only writes states of partitions that keep their leader; it may give way to telling who leads
 */
public record Commit(List<Write> writes, Announcements announcements, boolean followersOnly) {

    public Commit {
        writes = List.copyOf(writes);
    }
}
