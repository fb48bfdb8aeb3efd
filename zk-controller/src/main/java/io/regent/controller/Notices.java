package io.regent.controller;

import io.regent.metadata.PartitionSet;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What follows from a step that the difference of its images does not show. Immutable.
 *
 * @param learned partitions whose state others wrote: all brokers are told, though nothing is written
 * @param questioned live brokers that are told all that they hold, so that they answer which replicas are well
 * @param consumed orders and notifications that are done with, and leave ZooKeeper when all else is written
 * @param remarks what a person should read in the log, such as an order that names what does not exist
 */
public record Notices(
        PartitionSet learned, SortedSet<Integer> questioned, List<ReadZnode> consumed, List<String> remarks) {

    public Notices {
        questioned = Collections.unmodifiableSortedSet(new TreeSet<>(questioned));
        consumed = List.copyOf(consumed);
        remarks = List.copyOf(remarks);
    }
}
