package io.regent.controller;

import java.util.List;

/**
 * A part of a decision: what ZooKeeper must hold, and what brokers may be told once it does.
 *
 * @param writes go in one multi; may be empty, then the announcements need not wait
 * @param announcements to be sent when the writes are durable, not before
 */
public record Commit(List<Write> writes, Announcements announcements) {

    public Commit {
        writes = List.copyOf(writes);
    }
}
