package io.regent.controller;

import io.regent.metadata.ClusterDelta;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.TopicImage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Divides a decision into commits: small enough for ZooKeeper, each with what may be announced once it is durable, in an
 * order in which a crash between any two leaves nothing that the next reign cannot go on from. Each commit is made when it is
 * asked for, so that the first is on its way to ZooKeeper before the last exists. Pure in what it makes; used for one
 * decision, by one thread.
 *
 * <p>Who rules and which brokers live is announced first, as it needs no write. Then topics, each before its partitions; and
 * of the partitions of all of them first those that get another leader, as nobody can write to these until it knows. Topics
 * that are gone are deleted after those and the reassignment orders; then come the ledger, and the orders and notifications
 * that are done with. What brokers must be told besides comes last.
 */
final class Commits implements Iterator<Commit> {

    private final ClusterDelta delta;
    private final Telling telling;
    private final PartitionSet touched;
    /** What each part of the decision adds to the commits, in order; the topics are so many parts. */
    private final Iterator<Runnable> parts;
    /** Made and not yet taken: what a single part made. */
    private final Deque<Commit> made = new ArrayDeque<>();

    private List<Write> writes = new ArrayList<>();
    private int bytes;
    /** How many of the writes are states of partitions that keep their leader. */
    private int followerWrites;

    private final PartitionSet.Builder partitions = PartitionSet.builder();
    private List<String> deletionsBegun = new ArrayList<>();

    /** @param unregistered a ruling node that is no broker, and is told metadata like one */
    Commits(Decision decision, OptionalInt unregistered) {
        this.delta = decision.delta();
        this.telling = new Telling(decision, unregistered);
        this.touched = delta.partitions();
        this.parts = Stream.of(
                        Stream.<Runnable>of(() -> add(List.of(), telling.whoRulesAndLives())),
                        delta.topics().stream().<Runnable>map(name -> () -> addTopic(name)),
                        delta.topics().stream().<Runnable>map(name -> () -> addPartitions(name, false)),
                        Stream.<Runnable>of(this::close),
                        // An order is crossed out only when all that came of it is written.
                        Stream.<Runnable>of(() -> add(ZnodeChanges.ofOrders(delta), telling.nothing())),
                        delta.topics().stream()
                                .<Runnable>map(name -> () -> add(ZnodeChanges.deletes(name, delta), telling.nothing())),
                        Stream.<Runnable>of(() -> add(ZnodeChanges.ofLedger(delta), telling.nothing())),
                        // An order or notification goes only when all that came of it is written.
                        decision.notices().consumed().stream()
                                .<Runnable>map(znode -> () -> put(List.of(new Write.Consume(znode)))),
                        Stream.<Runnable>of(this::close, () -> add(List.of(), telling.theRest())))
                .flatMap(each -> each)
                .iterator();
    }

    @Override
    public boolean hasNext() {
        while (made.isEmpty() && parts.hasNext()) {
            parts.next().run();
        }
        return !made.isEmpty();
    }

    @Override
    public Commit next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the decision has no more commits");
        }
        return made.remove();
    }

    private void addTopic(String name) {
        Optional<TopicImage> topic = delta.after().topic(name);
        if (topic.isPresent()) {
            put(ZnodeChanges.ofTopic(topic.get(), delta));
            if (delta.after().isBeingDeleted(name) && !delta.before().isBeingDeleted(name)) {
                deletionsBegun.add(name);
            }
            addPartitions(name, true);
        }
    }

    /** @param withNewLeader whether to add those that get another leader, or the others */
    private void addPartitions(String name, boolean withNewLeader) {
        Optional<TopicImage> topic = delta.after().topic(name);
        if (topic.isPresent()) {
            Optional<TopicImage> before = delta.before().topic(name);
            touched.forEachOf(name, number -> {
                int leaderBefore = ZnodeChanges.stateIn(before, number).leader();
                if (withNewLeader == (topic.get().state(number).leader() != leaderBefore)) {
                    List<Write> state = ZnodeChanges.ofPartition(before, topic.get(), number);
                    put(state);
                    followerWrites += withNewLeader ? 0 : state.size();
                    partitions.add(name, number);
                }
            });
        }
    }

    /** Adds writes that belong together to the open commit, or begins another where they no longer fit. */
    private void put(List<Write> together) {
        int size = 0;
        for (Write write : together) {
            size += write.sizeBytes();
        }
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
        followerWrites = 0;
    }

    private void add(List<Write> what, Announcements announcements) {
        if (!what.isEmpty() || !announcements.isEmpty()) {
            made.add(new Commit(what, announcements, !what.isEmpty() && followerWrites == what.size()));
        }
    }
}
