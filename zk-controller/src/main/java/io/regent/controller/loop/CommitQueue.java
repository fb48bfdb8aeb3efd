package io.regent.controller.loop;

import com.google.common.collect.Iterators;
import com.google.common.collect.PeekingIterator;
import io.regent.controller.Announcements;
import io.regent.controller.Commit;
import io.regent.controller.Reign;
import io.regent.controller.WriteLimits;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What was decided in a reign and is not durable yet, in order: announcements leave, and answers are given, only when
 * everything before them is durable.
 *
 * <p>Used by the loop only. A queue ends with its reign, whatever is still in it.
 */
final class CommitQueue {

    /**
     * How many commits may wait before no further event is decided on. More would not be written any sooner, and what
     * waits here is lost work if the reign ends.
     */
    static final int MAX_WAITING = 256;

    /** How many writes may. A store that has ten full commits on their way and as many at hand is as busy as it can be. */
    static final int MAX_WAITING_WRITES = 24 * WriteLimits.MAX_COMMIT_WRITES;

    /**
     * When all partitions that lost their leader have another, those that lost a follower wait for this part of the time
     * that this took, so that the cores are free to tell who leads.
     */
    private static final int REST_DIVISOR = 16;

    private final Reign reign;
    private final CoordinationStore store;
    private final Consumer<Announcements> announcer;
    private final Timers timers;
    private final Delays delays;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long nextTicket;
    /** What of the last decision is still to be written, as far as there is any. */
    private PeekingIterator<Commit> rest = Iterators.peekingIterator(Collections.emptyIterator());

    private IntConsumer whenDurable = chunks -> {};
    private int chunks;
    private boolean writing;
    /** How many writes are in the entries. */
    private int writesWaiting;
    /** Whether the rest may only be written when all before it is durable. */
    private boolean held;
    /** Whether the rest gives way to the telling of what was written before, once that is durable. */
    private boolean givesWay;

    private boolean resting;
    private long sinceMs;

    /** Has something done later, unless the reign is over by then. */
    interface Delays {
        void after(long delayMs, Runnable task);
    }

    private static final class Entry {
        private final long ticket;
        private final Runnable whenDurable;
        private final int writes;
        private boolean durable;

        Entry(long ticket, Runnable whenDurable, int writes, boolean durable) {
            this.ticket = ticket;
            this.whenDurable = whenDurable;
            this.writes = writes;
            this.durable = durable;
        }
    }

    /**
     * @param announcer is handed the announcements of each commit when they may be sent
     */
    CommitQueue(Reign reign, CoordinationStore store, Timers timers, Delays delays, Consumer<Announcements> announcer) {
        this.reign = reign;
        this.store = store;
        this.timers = timers;
        this.delays = delays;
        this.announcer = announcer;
    }

    boolean isFull() {
        return entries.size() >= MAX_WAITING || writesWaiting >= MAX_WAITING_WRITES;
    }

    /** Whether all that was decided is durable. */
    boolean isEmpty() {
        return entries.isEmpty() && !writing;
    }

    /** Whether what is to be written next must wait until all before it is durable, or for a while longer. */
    boolean isHeld() {
        return resting || (held && !entries.isEmpty());
    }

    /** Whether something of the last decision is still to be written. */
    boolean hasMore() {
        return writing;
    }

    /**
     * Takes the commits of one decision, to be written one by one. Only when there are none left of the one before.
     *
     * @param afterAllBefore whether nothing of it may be on its way together with what was written before
     * @param thenDurable is told how many they were when they, and all before them, are durable
     */
    void add(Iterator<Commit> commits, boolean afterAllBefore, IntConsumer thenDurable) {
        rest = Iterators.peekingIterator(commits);
        sinceMs = timers.nowMs();
        held = afterAllBefore && rest.hasNext();
        whenDurable = thenDurable;
        chunks = 0;
        writing = true;
    }

    /** Has the next commit written, or finds that there is none left. */
    void writeNext() {
        held = false;
        if (rest.hasNext()) {
            Commit commit = rest.next();
            chunks++;
            int writes = commit.writes().size();
            Entry entry = new Entry(nextTicket++, () -> announcer.accept(commit.announcements()), writes, writes == 0);
            entries.add(entry);
            writesWaiting += writes;
            if (!entry.durable) {
                store.commit(reign, entry.ticket, commit.writes());
            }
            // What is durable is announced before the next commit is made.
            release();
            givesWay = !commit.followersOnly() && rest.hasNext() && rest.peek().followersOnly();
            held = givesWay;
        } else {
            writing = false;
            IntConsumer then = whenDurable;
            int count = chunks;
            entries.add(new Entry(nextTicket++, () -> then.accept(count), 0, true));
        }
        release();
    }

    /**
     * Has it confirmed that the reign goes on before what is added next is done: what is written says so by itself, but a
     * deposed controller that does not know it yet could still answer what it only read.
     */
    void confirm() {
        Entry entry = new Entry(nextTicket++, () -> {}, 0, false);
        entries.add(entry);
        store.commit(reign, entry.ticket, List.of());
    }

    /** The store says that this ticket's writes are durable. */
    void committed(long ticket) {
        // Tickets become durable in order, so the one that is meant is near the head.
        for (Entry entry : entries) {
            if (entry.ticket == ticket) {
                entry.durable = true;
                break;
            }
        }
        release();
    }

    private void release() {
        while (!entries.isEmpty() && entries.peek().durable) {
            Entry next = entries.poll();
            writesWaiting -= next.writes;
            next.whenDurable.run();
        }
        if (givesWay && entries.isEmpty()) {
            givesWay = false;
            rest((timers.nowMs() - sinceMs) / REST_DIVISOR);
        }
    }

    private void rest(long restMs) {
        if (restMs > 0) {
            resting = true;
            delays.after(restMs, () -> resting = false);
        }
    }
}
