package io.regent.controller;

import io.regent.metadata.ClusterDelta;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Divides a decision into commits: small enough for ZooKeeper, each with what may be announced once it is durable, in an
 * order in which a crash between any two leaves nothing that the next reign cannot go on from. Pure; used for one
 * decision.
 *
 * <p>Who rules and which brokers live is announced first, as it needs no write. Then topics, each before its partitions.
 * Topics that are gone are deleted after all else was written. What brokers must be told as a whole comes last.
 */
final class Commits {

    private final ClusterDelta delta;
    private final Telling telling;
    private final List<Commit> commits = new ArrayList<>();

    private List<Write> writes = new ArrayList<>();
    private int bytes;
    private final PartitionSet.Builder partitions = PartitionSet.builder();
    private List<String> deletionsBegun = new ArrayList<>();

    private Commits(Decision decision) {
        this.delta = decision.delta();
        this.telling = new Telling(decision);
    }

    static List<Commit> of(Decision decision) {
        Commits commits = new Commits(decision);
        commits.add(List.of(), commits.telling.whoRulesAndLives());
        commits.addTopics();
        commits.close();
        // An order is crossed out only when all that came of it is written.
        commits.add(ZnodeChanges.ofOrders(commits.delta), commits.telling.nothing());
        for (String name : commits.delta.topics()) {
            commits.add(ZnodeChanges.deletes(name, commits.delta), commits.telling.nothing());
        }
        commits.add(List.of(), commits.telling.everything());
        return List.copyOf(commits.commits);
    }

    private void addTopics() {
        PartitionSet touched = delta.partitions();
        for (String name : delta.topics()) {
            Optional<TopicImage> topic = delta.after().topic(name);
            if (topic.isPresent()) {
                put(ZnodeChanges.ofTopic(topic.get(), delta));
                if (delta.after().isBeingDeleted(name) && !delta.before().isBeingDeleted(name)) {
                    deletionsBegun.add(name);
                }
                touched.forEachOf(name, number -> addPartition(new PartitionId(name, number)));
            }
        }
    }

    private void addPartition(PartitionId partition) {
        put(ZnodeChanges.ofPartition(partition, delta));
        partitions.add(partition);
    }

    /** Adds writes that belong together to the open commit, or begins another where they no longer fit. */
    private void put(List<Write> together) {
        int size = together.stream().mapToInt(Write::sizeBytes).sum();
        boolean fits = writes.size() + together.size() <= WriteLimits.MAX_COMMIT_WRITES
                && bytes + size <= WriteLimits.MAX_COMMIT_BYTES;
        if (!fits) {
            close();
        }
        writes.addAll(together);
        bytes += size;
    }

    private void close() {
        add(writes, telling.of(partitions.build(), deletionsBegun));
        writes = new ArrayList<>();
        deletionsBegun = new ArrayList<>();
        bytes = 0;
    }

    private void add(List<Write> what, Announcements announcements) {
        if (!what.isEmpty() || !announcements.isEmpty()) {
            commits.add(new Commit(what, announcements));
        }
    }
}
