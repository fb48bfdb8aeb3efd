package io.regent.controller.link;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Rehearses on a node that may rule, while it does not: interpreted, a first takeover is several times slower than any later
 * one.
 *
 * <p>Each node rehearses a small cluster when it has just started, which takes about a second of one core, and once the cluster
 * proves to be large, a larger one: HotSpot's second compiler takes its time for code that goes through many partitions, and
 * in a takeover that would be the time in which nobody can write. Started and closed by any thread, it works on one of its own,
 * one short play at a time.
 */
public final class Understudy implements AutoCloseable {

    /** HotSpot's first compiler takes a method when it has been called 200 times; most are called once a partition. */
    private static final int SMALL_PLAYS = 220;

    private static final Rehearsal.Cluster SMALL = new Rehearsal.Cluster(3, 2, 30);

    /** Before each play, so that neither a start on few cores nor a takeover that comes meanwhile is held up. */
    private static final long PAUSE_MS = 4;

    /** Below that, what the second compiler gains is less than what it costs. */
    static final int LARGE = 2_000;

    /** More plays of more partitions compile nothing more. */
    private static final int LARGE_PLAYS = 8;

    private static final int LARGEST_TOPICS = 200;
    private static final int PARTITIONS_A_TOPIC = 50;
    private static final int LARGE_BROKERS = 5;

    private static final long LOOK_MS = 200;

    private final Rehearsal rehearsal;
    private final BooleanSupplier isIdle;
    private final IntSupplier partitions;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param isIdle whether the node has nothing better to do: somebody else rules, and nobody has just died
     * @param partitions how many the cluster has, as far as this node has read it; 0 while it has not read all
     */
    public Understudy(Rehearsal rehearsal, BooleanSupplier isIdle, IntSupplier partitions) {
        this.rehearsal = rehearsal;
        this.isIdle = isIdle;
        this.partitions = partitions;
    }

    /** Begins, and returns at once. */
    public void start() {
        Thread.ofPlatform().daemon().name("takeover-rehearsal").start(this::rehearse);
    }

    private void rehearse() {
        try {
            if (awaitIdle(0)) {
                play(SMALL, SMALL_PLAYS, 0);
            }
            if (awaitIdle(LARGE)) {
                play(large(), LARGE_PLAYS, LARGE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the node is idle and knows of so many partitions; false when it was closed meanwhile. */
    private boolean awaitIdle(int atLeast) throws InterruptedException {
        while (!isIdle.getAsBoolean() || partitions.getAsInt() < atLeast) {
            if (closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    /** Pauses, and for as long as the node has better things to do; false when it was closed meanwhile. */
    private boolean pauses(int atLeast) throws InterruptedException {
        return !closed.await(PAUSE_MS, TimeUnit.MILLISECONDS) && awaitIdle(atLeast);
    }

    private Rehearsal.Cluster large() {
        int topics = Math.min(LARGEST_TOPICS, Math.max(LARGE, partitions.getAsInt()) / PARTITIONS_A_TOPIC);
        return new Rehearsal.Cluster(LARGE_BROKERS, topics, PARTITIONS_A_TOPIC);
    }

    private void play(Rehearsal.Cluster cluster, int plays, int atLeast) throws InterruptedException {
        for (int done = 0; done < plays && pauses(atLeast); done++) {
            rehearsal.play(cluster, done + 1, body -> {});
        }
    }

    /** Ends it soon, if it has not ended. */
    @Override
    public void close() {
        closed.countDown();
    }
}
