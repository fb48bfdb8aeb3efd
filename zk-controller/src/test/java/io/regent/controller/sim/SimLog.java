package io.regent.controller.sim;

import java.util.ArrayList;
import java.util.List;

/** The records of one replica, by number; it outlives the process that writes it. */
final class SimLog {

    private final List<Integer> records = new ArrayList<>();

    List<Integer> records() {
        return records;
    }

    void append(int record) {
        records.add(record);
    }

    /** Becomes what the leader has: what only this replica had is truncated. */
    void follow(SimLog leader) {
        records.clear();
        records.addAll(leader.records);
    }

    boolean startsWith(List<Integer> first) {
        return records.size() >= first.size()
                && records.subList(0, first.size()).equals(first);
    }
}
